package slacktest

import (
	"fmt"
	"strings"
	"testing"
)

func TestBlockLimits(t *testing.T) {
	rep := strings.Repeat
	sect := func(n int) string { return `{"type":"section","text":{"type":"mrkdwn","text":"` + rep("x", n) + `"}}` }
	button := func(label, value, id string) string {
		return fmt.Sprintf(`{"type":"button","text":{"type":"plain_text","text":%q},"value":%q,"action_id":%q}`, label, value, id)
	}
	many := func(n int, f func(i int) string) string {
		var l []string
		for i := range n {
			l = append(l, f(i))
		}
		return strings.Join(l, ",")
	}
	buttons := func(n int) string {
		return `{"type":"actions","elements":[` + many(n, func(i int) string { return button("b", "v", fmt.Sprint("a", i)) }) + `]}`
	}
	fields := func(n, size int) string {
		return `{"type":"section","fields":[` + many(n, func(int) string { return `{"type":"mrkdwn","text":"` + rep("x", size) + `"}` }) + `]}`
	}
	for _, tc := range []struct {
		name, blocks string
		bad          bool
	}{
		{"50 blocks", many(50, func(int) string { return sect(1) }), false},
		{"51 blocks", many(51, func(int) string { return sect(1) }), true},
		{"3000 characters", sect(3000), false},
		{"3001 characters", sect(3001), true},
		{"empty text", sect(0), true},
		{"10 fields", fields(10, 2000), false},
		{"11 fields", fields(11, 1), true},
		{"field of 2001", fields(1, 2001), true},
		{"25 elements", buttons(25), false},
		{"26 elements", buttons(26), true},
		{"no elements", buttons(0), true},
		{"button text 75", `{"type":"actions","elements":[` + button(rep("x", 75), rep("v", 2000), rep("i", 255)) + `]}`, false},
		{"button text 76", `{"type":"actions","elements":[` + button(rep("x", 76), "v", "i") + `]}`, true},
		{"value 2001", `{"type":"actions","elements":[` + button("x", rep("v", 2001), "i") + `]}`, true},
		{"action id 256", `{"type":"actions","elements":[` + button("x", "v", rep("i", 256)) + `]}`, true},
		{"same action id twice", `{"type":"actions","elements":[` + button("x", "v", "i") + "," + button("y", "v", "i") + `]}`, true},
		{"same block id twice", `{"type":"divider","block_id":"b"},{"type":"divider","block_id":"b"}`, true},
		{"header 150", `{"type":"header","text":{"type":"plain_text","text":"` + rep("x", 150) + `"}}`, false},
		{"header 151", `{"type":"header","text":{"type":"plain_text","text":"` + rep("x", 151) + `"}}`, true},
		{"header in mrkdwn", `{"type":"header","text":{"type":"mrkdwn","text":"x"}}`, true},
		{"unknown block", `{"type":"hologram"}`, true},
		{"unknown element", `{"type":"actions","elements":[{"type":"lever"}]}`, true},
		{"overflow of 5", `{"type":"actions","elements":[{"type":"overflow","options":[` + many(5, func(i int) string { return fmt.Sprintf(`{"text":{"type":"plain_text","text":"o"},"value":"v%d"}`, i) }) + `]}]}`, false},
		{"overflow of 6", `{"type":"actions","elements":[{"type":"overflow","options":[` + many(6, func(i int) string { return fmt.Sprintf(`{"text":{"type":"plain_text","text":"o"},"value":"v%d"}`, i) }) + `]}]}`, true},
		{"context of 11", `{"type":"context","elements":[` + many(11, func(int) string { return `{"type":"mrkdwn","text":"x"}` }) + `]}`, true},
		{"empty style", `{"type":"actions","elements":[{"type":"button","style":"","text":{"type":"plain_text","text":"x"}}]}`, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := checkBlocks([]byte("["+tc.blocks+"]"), 50)
			if (len(got) > 0) != tc.bad {
				t.Errorf("problems = %v", got)
			}
		})
	}
	if len(checkBlocks([]byte(`{"type":"x"}`), 50)) == 0 {
		t.Error("an object passed for a list")
	}
}
