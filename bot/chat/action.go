package chat

import (
	"strconv"
	"strings"
)

// EncodeAction writes an action as an opaque id of at most 100 bytes, which every
// platform can carry. It reports false when the action does not fit or holds a
// separator.
func EncodeAction(a Action) (string, bool) {
	s := "h:" + a.Verb + ":" + a.Case + ":" + strconv.Itoa(a.Gen) + ":" + a.Arg
	if len(s) > 100 || strings.ContainsAny(a.Verb+a.Case, ":\n") || a.Verb == "" {
		return "", false
	}
	return s, true
}

// DecodeAction reads what [EncodeAction] wrote and reports false for anything else.
func DecodeAction(s string) (Action, bool) {
	if len(s) > 100 {
		return Action{}, false
	}
	parts := strings.SplitN(s, ":", 5)
	if len(parts) != 5 || parts[0] != "h" || parts[1] == "" {
		return Action{}, false
	}
	gen, err := strconv.Atoi(parts[3])
	if err != nil || gen < 0 {
		return Action{}, false
	}
	return Action{Verb: parts[1], Case: parts[2], Gen: gen, Arg: parts[4]}, true
}
