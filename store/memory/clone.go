package memory

import (
	"reflect"
	"time"
)

// clone is a copy that shares nothing with v, as if it had been written down and
// read again: instants are in UTC, and what is empty is nil.
func clone[T any](v T) T {
	detach(reflect.ValueOf(&v).Elem())
	return v
}

// detach gives v slices, maps and pointers of its own. Fields that are not exported
// stay as they are.
func detach(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if !v.CanSet() {
			return
		}
		if t, ok := v.Addr().Interface().(*time.Time); ok {
			*t = t.UTC()
			return
		}
		for i := range v.NumField() {
			detach(v.Field(i))
		}
	case reflect.Pointer, reflect.Slice, reflect.Map:
		if v.CanSet() && !v.IsNil() {
			detachShared(v)
		}
	}
}

func detachShared(v reflect.Value) {
	if v.Kind() != reflect.Pointer && v.Len() == 0 {
		v.SetZero()
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		own := reflect.New(v.Type().Elem())
		own.Elem().Set(v.Elem())
		v.Set(own)
		detach(own.Elem())
	case reflect.Slice:
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		v.Set(own)
		if flat(v.Type().Elem()) {
			return
		}
		for i := range own.Len() {
			detach(own.Index(i))
		}
	case reflect.Map:
		own := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(it.Value())
			detach(value)
			own.SetMapIndex(it.Key(), value)
		}
		v.Set(own)
	}
}

// flat reports whether values of a type share nothing.
func flat(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Array:
		return false
	default:
		return true
	}
}

// ms is an instant as a store keeps it, in whole milliseconds of UTC.
func ms(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
