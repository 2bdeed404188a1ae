package config

import (
	"crypto/rand"
	_ "embed" // for demo.yaml
	"fmt"
)

//go:embed demo.yaml
var demoText []byte

// Demo is the configuration of "hotline demo": two customers, one Chinese with
// service from 8 to 20 o'clock and one in Europe around the clock, three sites,
// four responders in a weekly rotation, a lead, an administrator and four
// contacts, all with an account in the web workspace whose id is the person's.
// The keys of its hooks are new in every process.
func Demo() *Config {
	secret := rand.Text()
	cfg, problems := Parse("", demoText, func(string) (string, bool) { return secret, true })
	if cfg == nil {
		panic(fmt.Sprintf("impossible: the built-in demo is broken: %v", problems))
	}
	return cfg
}
