package loose

import "testing"

func TestObject(t *testing.T) {
	o := Of([]byte(`{"s":"a","n":1700000000.000100,"big":12345678901234567890,"yes":true,"no":"true","null":null,"sub":{"id":"x"},"list":[1,"b"]}`))
	for _, tt := range []struct{ name, got, want string }{
		{"a string", o.Text("s"), "a"},
		{"a number keeps its digits", o.Text("n"), "1700000000.000100"},
		{"a large number", o.Text("big"), "12345678901234567890"},
		{"null", o.Text("null"), ""},
		{"missing", o.Text("gone"), ""},
		{"an object is no text", o.Text("sub"), ""},
		{"of an object", o.Sub("sub").Text("id"), "x"},
		{"of what is no object", o.Sub("s").Text("id"), ""},
		{"of broken JSON", Of([]byte(`{"a":`)).Text("a"), ""},
		{"of an array", Of([]byte(`[1]`)).Text("a"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
	if !o.Flag("yes") || o.Flag("no") || o.Flag("gone") {
		t.Error("a flag is read wrongly")
	}
	if len(o.List("list")) != 2 || o.List("s") != nil || o.List("gone") != nil {
		t.Error("a list is read wrongly")
	}
}

func FuzzOf(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1]}}`), "a")
	f.Fuzz(func(_ *testing.T, raw []byte, key string) {
		o := Of(raw)
		_, _, _, _ = o.Text(key), o.Flag(key), o.Sub(key), o.List(key)
	})
}
