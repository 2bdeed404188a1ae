package bot_test

import (
	"slices"
	"strconv"
	"testing"

	"hotline/bot"
)

func TestParseNumber(t *testing.T) {
	for _, tc := range []struct {
		name, typed, number string
		valid, ok           bool
	}{
		{"as written", "F-10019", "F-10019", true, true},
		{"small letters", "f-10019", "F-10019", true, true},
		{"without the dash", "f10019", "F-10019", true, true},
		{"with a hash and spaces", "  #F-10019 ", "F-10019", true, true},
		{"full width", "F-10019", "F-10019", true, true},
		{"a wrong digit", "F-10018", "F-10018", false, true},
		{"another class", "X-10019", "", false, false},
		{"words", "printer", "", false, false},
		{"nothing", "", "", false, false},
		{"letters inside", "F-10a19", "", false, false},
		{"much too long", "F-100000000000000000000000019", "", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			number, valid, ok := bot.ParseNumber(tc.typed)
			if number != tc.number || valid != tc.valid || ok != tc.ok {
				t.Errorf("got %q, %v, %v", number, valid, ok)
			}
		})
	}
}

// TestCheckDigit holds the promise of the Damm code: every single wrong digit and
// every swap of neighbours is noticed, and the right number is among the near ones.
func TestCheckDigit(t *testing.T) {
	for counter := int64(1001); counter < 200_000; counter += 997 {
		number := bot.FormatNumber(bot.Fault, counter)
		if _, valid, ok := bot.ParseNumber(number); !valid || !ok {
			t.Fatalf("%s is not valid", number)
		}
		for i := 2; i < len(number); i++ {
			for d := byte('0'); d <= '9'; d++ {
				wrong := number[:i] + string(d) + number[i+1:]
				if wrong == number {
					continue
				}
				if _, valid, _ := bot.ParseNumber(wrong); valid {
					t.Fatalf("%s passes for %s", wrong, number)
				}
				if !slices.Contains(bot.NearNumbers(wrong), number) {
					t.Fatalf("%s is not near %s", number, wrong)
				}
			}
			if i+1 < len(number) && number[i] != number[i+1] {
				swapped := number[:i] + string(number[i+1]) + string(number[i]) + number[i+2:]
				if _, valid, _ := bot.ParseNumber(swapped); valid {
					t.Fatalf("%s passes for %s", swapped, number)
				}
			}
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"F-10019", "q10024", "#C-1", "P-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		number, valid, ok := bot.ParseNumber(s)
		if valid && !ok {
			t.Error("valid and no number")
		}
		if again, _, _ := bot.ParseNumber(number); ok && again != number {
			t.Errorf("%q reads as %q, that as %q", s, number, again)
		}
		bot.NearNumbers(number)
	})
}

func TestCleanText(t *testing.T) {
	for _, tc := range []struct {
		name, in, want string
		max            int
	}{
		{"plain", "hello", "hello", 100},
		{"line breaks stay", "a\r\nb\tc", "a\nb\tc", 100},
		{"control characters go", "a\x00b\x1b[31mc", "ab[31mc", 100},
		{"writing stays in its direction", "abc\u202Egnp.exe\u200f", "abcgnp.exe", 100},
		{"broken bytes are marked", "a\xffb", "a\uFFFDb", 100},
		{"cut on a character", "工单工单", "工单", 7},
		{"only spaces", " \n\t ", "", 100},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := bot.CleanText(tc.in, tc.max); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestShorten(t *testing.T) {
	if got := bot.Shorten("工单工单工单", 4); got != "工单工…" {
		t.Errorf("got %q", got)
	}
	if got := bot.Shorten("short", 10); got != "short" {
		t.Errorf("got %q", got)
	}
	for n := range 50 {
		s := strconv.Itoa(n)
		if got := bot.Shorten(s, 2); len([]rune(got)) > 2 {
			t.Errorf("%q is too long", got)
		}
	}
}

func TestSignedLinks(t *testing.T) {
	key, other := bot.SignKey("0123456789abcdef0123456789abcdef"), bot.SignKey("another-key-another-key-another-")
	token := key.Sign("ack", "chen", "F-10019", "2")
	parts, ok := key.Open(token)
	if !ok || !slices.Equal(parts, []string{"ack", "chen", "F-10019", "2"}) {
		t.Errorf("got %v, %v", parts, ok)
	}
	for name, bad := range map[string]string{
		"nothing": "", "no seal": token[:20], "another key": other.Sign("ack", "chen", "F-10019", "2"), "changed": "x" + token, "longer": token + "A",
	} {
		if _, ok := key.Open(bad); ok {
			t.Errorf("%s: %q was accepted", name, bad)
		}
	}
	if _, ok := bot.SignKey(nil).Open(bot.SignKey(nil).Sign("x")); ok {
		t.Error("an empty key signs")
	}
}
