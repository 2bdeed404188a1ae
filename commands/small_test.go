package commands

import (
	"strings"
	"testing"
	"time"

	"hotline/bot"
)

func TestCauseAndFix(t *testing.T) {
	tests := []struct{ name, text, cause, fix string }{
		{"only a fix", "restarted the till", "", "restarted the till"},
		{"both", "cause: disk full; fix: pruned logs", "disk full", "pruned logs"},
		{"both on lines", "Cause: disk full\nFix: pruned logs", "disk full", "pruned logs"},
		{"Chinese", "原因：磁盘满；方案：清理日志", "磁盘满", "清理日志"},
		{"mixed words", "原因:磁盘满。solution: pruned", "磁盘满", "pruned"},
		{"no fix", "cause: disk full", "", "cause: disk full"},
		{"empty fix", "cause: disk full; fix:", "", "cause: disk full; fix:"},
		{"letters that grow when lowered", "CAUSE: İİİİ fix: İ", "İİİİ", "İ"},
		{"a word inside", "the cause: unknown", "", "the cause: unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if cause, fix := causeAndFix(tt.text); cause != tt.cause || fix != tt.fix {
				t.Errorf("%q is %q / %q, want %q / %q", tt.text, cause, fix, tt.cause, tt.fix)
			}
		})
	}
}

func TestTarget(t *testing.T) {
	tests := []struct{ name, text, to, reason string }{
		{"nobody", "disk is full", "", "disk is full"},
		{"somebody", "to lea: disk is full", "lea", "disk is full"},
		{"without a colon", "to lea disk is full", "lea", "disk is full"},
		{"Chinese", "给 lea： 磁盘满", "lea", "磁盘满"},
		{"only to", "to", "", "to"},
		{"nothing", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if to, reason := target(tt.text); to != tt.to || reason != tt.reason {
				t.Errorf("%q is for %q because %q", tt.text, to, reason)
			}
		})
	}
}

func TestSeverities(t *testing.T) {
	tests := []struct {
		name, text   string
		worst, least bot.Severity
		ok           bool
	}{
		{"one", "2", 2, 2, true},
		{"a range", "1-3", 1, 3, true},
		{"with a word", "sev1-2", 1, 2, true},
		{"Chinese", "2级", 2, 2, true},
		{"P as others say", "P1", 1, 1, true},
		{"backwards", "3-1", 0, 0, false},
		{"too many", "5", 0, 0, false},
		{"zero", "0", 0, 0, false},
		{"open end", "1-", 0, 0, false},
		{"words", "all", 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			worst, least, ok := severities(tt.text)
			if ok != tt.ok || ok && (worst != tt.worst || least != tt.least) {
				t.Errorf("%q is %d–%d, %v", tt.text, worst, least, ok)
			}
		})
	}
}

func TestScoreOf(t *testing.T) {
	for text, want := range map[string]int{"5": 5, "1": 1, "4分": 4, "★★★": 3, "*****": 5, "": 0, "good": 0, "★x": 0, "-1": -1} {
		if got := scoreOf(text); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}

func TestParseLength(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
	}{
		{"30m", 30 * time.Minute}, {"2h", 2 * time.Hour}, {"1h30m", 90 * time.Minute}, {"3d", 72 * time.Hour}, {"1w", 168 * time.Hour},
		{"+2h", 2 * time.Hour}, {"2小时", 2 * time.Hour}, {"30分钟", 30 * time.Minute}, {"2个小时", 2 * time.Hour}, {"３天", 72 * time.Hour},
		{"", 0}, {"h", 0}, {"2", 0}, {"2x", 0}, {"-2h", 0}, {"0m", 0}, {"1.5h", 0}, {"1234567m", 0}, {"9999d", 0},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, ok := parseLength(tt.text)
			if ok != (tt.want > 0) || ok && got != tt.want {
				t.Errorf("%q is %v, %v", tt.text, got, ok)
			}
		})
	}
}

func TestParseUntil(t *testing.T) {
	now := time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC) // a Tuesday
	tests := []struct{ text, want string }{
		{"2h", "11-24 15:00"}, {"2 h", "11-24 15:00"}, {"18:00", "11-24 18:00"}, {"09:00", "11-25 09:00"}, {"tomorrow", "11-25 09:00"},
		{"明天", "11-25 09:00"}, {"fri", "11-27 09:00"}, {"fri 14:30", "11-27 14:30"}, {"tue", "12-01 09:00"}, {"周五 14:30", "11-27 14:30"},
		{"2026-11-30", "11-30 09:00"}, {"2026-11-30 08:15", "11-30 08:15"}, {"2026-11-30T08:15:00Z", "11-30 08:15"}, {"now", "11-24 13:00"},
		{"later", ""}, {"", ""}, {"18:00 or so", ""}, {"25:00", ""}, {"12:60", ""}, {"2026-13-01", ""},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			at, ok := parseUntil(tt.text, now, time.UTC)
			got := ""
			if ok {
				got = at.UTC().Format("01-02 15:04")
			}
			if got != tt.want {
				t.Errorf("%q is %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestGoodAddress(t *testing.T) {
	tests := []struct {
		platform, address string
		want              bool
	}{
		{"mail", "ann@example.com", true}, {"mail", "ann@localhost", false}, {"mail", "a@b.c, d@e.f", false}, {"mail", "@b.c", false}, {"mail", "", false},
		{"sms", "+8613800000000", true}, {"sms", "13800000000", true}, {"sms", "+49 30", false}, {"voice", "abc1234567", false}, {"voice", "+1234567890123456", false},
		{"webhook", "https://example.com/x", true}, {"webhook", "file:///etc/passwd", false}, {"webhook", "https://", false}, {"webhook", "https://a:b@example.com", false},
		{"ntfy", "my-topic", true}, {"ntfy", "my topic", false}, {"shoutrrr", "telegram://token@telegram", true}, {"shoutrrr", "nothing", false},
	}
	for _, tt := range tests {
		t.Run(tt.platform+" "+tt.address, func(t *testing.T) {
			if got := goodAddress(tt.platform, tt.address); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestShownHidesSecrets(t *testing.T) {
	for _, m := range []bot.Method{{Platform: "webhook", Address: "https://example.com/hooks/s3cret"}, {Platform: "shoutrrr", Address: "telegram://s3cret@telegram"}, {Platform: "webhook", Address: "https://%zz/s3cret"}} {
		if got := shown(m); got == "" || len(got) > 100 || strings.Contains(got, "s3cret") {
			t.Errorf("%s is shown as %q", m.Address, got)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"status", "status", 0}, {"stauts", "status", 1}, {"stats", "status", 1}, {"statuss", "status", 1}, {"statas", "status", 1},
		{"查旬", "查询", 1}, {"", "", 0}, {"", "ab", 2}, {"resolve", "status", 3}, {"abc", "abcdefgh", 3},
	}
	for _, tt := range tests {
		t.Run(tt.a+" "+tt.b, func(t *testing.T) {
			if got := distance(tt.a, tt.b, 2); got != tt.want {
				t.Errorf("distance %d, want %d", got, tt.want)
			}
			if distance(tt.a, tt.b, 2) != distance(tt.b, tt.a, 2) {
				t.Error("not the same both ways")
			}
		})
	}
}

func TestLooksLikeArticle(t *testing.T) {
	for text, want := range map[string]string{"KB-12": "KB-12", "kb12": "KB-12", " kb-007 ": "KB-7", "KB-": "", "KB-0": "", "timeouts": "", "F-10019": "", "KB-1 x": ""} {
		got, ok := looksLikeArticle(text)
		if got != want || ok != (want != "") {
			t.Errorf("%q is %q", text, got)
		}
	}
}

func FuzzCauseAndFix(f *testing.F) {
	for _, s := range []string{"cause: x; fix: y", "原因：甲；方案：乙", "Cause:İfix:İ", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if cause, fix := causeAndFix(text); fix == "" && text != "" {
			t.Fatalf("%q lost its fix (cause %q)", text, cause)
		}
	})
}
