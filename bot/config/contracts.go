package config

import "hotline/bot/sla"

type contractFile struct {
	ID       string                 `yaml:"id"`
	Name     string                 `yaml:"name"`
	Until    date                   `yaml:"until"`
	Calendar string                 `yaml:"calendar"`
	Targets  map[string]targetsFile `yaml:"targets"`
}

type targetsFile struct {
	Response Duration `yaml:"response"`
	Update   Duration `yaml:"update"`
	Arrival  Duration `yaml:"arrival"`
	Restore  Duration `yaml:"restore"`
	Resolve  Duration `yaml:"resolve"`
}

func (b *builder) buildCalendars() {
	for i := range b.file.Calendars {
		f := &b.file.Calendars[i]
		w := b.weekOf(at("calendars", i), f)
		b.exceptions(at("calendars", i), f, w)
		b.calendars[f.ID] = &sla.Calendar{}
	}
}

func (b *builder) buildContracts() {}
