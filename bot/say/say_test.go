package say

import "testing"

func TestGuess(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"English", "Payments return 502 since 10:40", English},
		{"Chinese", "今天上午起无法登录", Chinese},
		{"Chinese with product words", "升级后 login 报 502,页面打不开", Chinese},
		{"English with one Chinese name", "The ticket of 李 is stuck in the approval queue of the portal", English},
		{"no letters", "502 !!! 10:40", ""},
		{"nothing", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Guess(tc.text); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestIn(t *testing.T) {
	w := Words{EN: "%s has %d", ZH: "%[2]d 属于 %[1]s"}
	for lang, want := range map[string]string{"en": "a has 2", "zh-CN": "2 属于 a", "ZH_TW": "2 属于 a", "fr": "a has 2", "": "a has 2"} {
		if got := w.In(lang, "a", 2); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
	if got := (Words{EN: "100 %"}).In("en"); got != "100 %" {
		t.Errorf("without arguments: %q", got)
	}
}
