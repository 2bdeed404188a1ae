package bot

import (
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// damm is the quasigroup of order 10 from H. Michael Damm's thesis "Total
// anti-symmetrische Quasigruppen" (Marburg, 2004): every single wrong digit and
// every swap of neighbours changes the check digit.
var damm = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

func dammDigit(digits string) byte {
	var interim byte
	for i := range len(digits) {
		interim = damm[interim][digits[i]-'0']
	}
	return '0' + interim
}

// FormatNumber makes the number people say: class letter, counter, check digit,
// such as F-10427 for fault 1042.
func FormatNumber(class Class, counter int64) string {
	s := strconv.FormatInt(counter, 10)
	return string(class) + "-" + s + string(dammDigit(s))
}

// ParseNumber reads a case number as people type it: any case, with or without
// the dash or a leading '#', in full-width characters. ok is false when s does not
// look like a number at all; valid is false when the check digit is wrong.
func ParseNumber(s string) (number string, valid, ok bool) {
	s = strings.TrimPrefix(strings.TrimSpace(width.Narrow.String(s)), "#")
	s = strings.ToUpper(s)
	if len(s) < 4 || len(s) > 20 || !strings.ContainsRune("FQCP", rune(s[0])) {
		return "", false, false
	}
	digits := strings.TrimLeft(s[1:], "-– ")
	if len(digits) < 2 || strings.Trim(digits, "0123456789") != "" {
		return "", false, false
	}
	return s[:1] + "-" + digits, dammDigit(digits) == '0', true
}

// NearNumbers lists the numbers that differ from a mistyped one by one digit, one
// swap of neighbours, or the class letter, and whose check digit is right. The
// caller keeps those that exist.
func NearNumbers(number string) []string {
	class, digits, ok := strings.Cut(number, "-")
	if !ok {
		return nil
	}
	var near []string
	add := func(c, d string) {
		if dammDigit(d) == '0' {
			near = append(near, c+"-"+d)
		}
	}
	for i := range len(digits) {
		for d := byte('0'); d <= '9'; d++ {
			if d != digits[i] {
				add(class, digits[:i]+string(d)+digits[i+1:])
			}
		}
		if i+1 < len(digits) && digits[i] != digits[i+1] {
			add(class, digits[:i]+string(digits[i+1])+string(digits[i])+digits[i+2:])
		}
	}
	for _, c := range []Class{Fault, Question, Complaint, Planned} {
		if string(c) != class {
			add(string(c), digits)
		}
	}
	return near
}
