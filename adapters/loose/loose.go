// Package loose reads JSON objects of platforms without trusting the types of
// their fields: what is missing or of another type is empty, never an error, so
// that one odd field does not lose an event.
package loose

import "encoding/json"

// Object is a JSON object whose fields are decoded one at a time.
type Object map[string]json.RawMessage

// Of reads an object; anything else gives an empty one.
func Of(raw []byte) Object {
	var o Object
	if json.Unmarshal(raw, &o) != nil {
		return Object{}
	}
	return o
}

// Text is a field as text: a string as it is, a number as it was written (ids and
// times keep every digit), anything else "".
func (o Object) Text(key string) string {
	raw := o[key]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// Flag reports whether a field is true.
func (o Object) Flag(key string) bool { return string(o[key]) == "true" }

// Sub is a field that is an object.
func (o Object) Sub(key string) Object { return Of(o[key]) }

// List is a field that is an array.
func (o Object) List(key string) []json.RawMessage {
	var l []json.RawMessage
	if json.Unmarshal(o[key], &l) != nil {
		return nil
	}
	return l
}
