package bot

import "errors"

// The closed list of what can go wrong with a request. Test with errors.Is.
var (
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("conflict")
	ErrForbidden   = errors.New("forbidden")
	ErrInvalid     = errors.New("invalid")
	ErrUnavailable = errors.New("unavailable")
)

// UserError is an error that a person caused or must know of. Say and Hint are
// shown to that person, in their language; Err is for the log only.
type UserError struct {
	Code error  // one of the list above
	Say  string // what is wrong
	Hint string // what to do
	Err  error  // the cause, if there is one
}

// Error is the log form: it names the code and the sentence.
func (e *UserError) Error() string {
	s := e.Code.Error() + ": " + e.Say
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives errors.Is the code and the cause.
func (e *UserError) Unwrap() []error { return []error{e.Code, e.Err} }

// Refuse makes a UserError.
func Refuse(code error, say, hint string) error {
	return &UserError{Code: code, Say: say, Hint: hint}
}
