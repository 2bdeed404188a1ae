package memory

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestTree holds the tree against a map, and every earlier state of it against what
// it was.
func TestTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := tree[int, int]{compare: cmp.Compare[int]}
		want := map[int]int{}
		type past struct {
			tree tree[int, int]
			want map[int]int
		}
		var history []past
		for i := range rapid.IntRange(0, 60).Draw(t, "steps") {
			key := rapid.IntRange(0, 20).Draw(t, "key")
			history = append(history, past{now, maps.Clone(want)})
			if rapid.Bool().Draw(t, "put") {
				now.put(key, i)
				want[key] = i
				continue
			}
			_, there := want[key]
			if now.remove(key) != there {
				t.Fatalf("removing %d", key)
			}
			delete(want, key)
		}
		for _, h := range append(history, past{now, want}) {
			same(t, &h.tree, h.want)
		}
	})
}

func same(t *rapid.T, got *tree[int, int], want map[int]int) {
	keys := slices.Sorted(maps.Keys(want))
	i := 0
	for k, v := range got.all() {
		if i >= len(keys) || k != keys[i] || v != want[k] {
			t.Fatalf("at %d: %d=%d, want %v", i, k, v, want)
		}
		i++
	}
	if i != len(keys) {
		t.Fatalf("%d keys, want %d", i, len(keys))
	}
	for least := -1; least <= 21; least++ {
		first, ok := 0, false
		for k := range got.from(least) {
			first, ok = k, true
			break
		}
		n, _ := slices.BinarySearch(keys, least)
		if ok != (n < len(keys)) || ok && first != keys[n] {
			t.Fatalf("from %d: %d %v, keys %v", least, first, ok, keys)
		}
		v, ok := got.get(least)
		if w, there := want[least]; ok != there || v != w {
			t.Fatalf("get %d: %d %v", least, v, ok)
		}
	}
}

func TestClone(t *testing.T) {
	type inner struct{ List []string }
	type outer struct {
		At    time.Time
		Map   map[string][]int
		Ptr   *inner
		List  []inner
		Empty []int
	}
	zone := time.FixedZone("x", 3600)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, zone)
	a := outer{At: at, Map: map[string][]int{"k": {1}}, Ptr: &inner{[]string{"a"}}, List: []inner{{[]string{"b"}}}, Empty: []int{}}
	b := clone(a)
	a.Map["k"][0], a.Ptr.List[0], a.List[0].List[0] = 9, "z", "z"
	if b.Map["k"][0] != 1 || b.Ptr.List[0] != "a" || b.List[0].List[0] != "b" {
		t.Errorf("shared: %+v %+v", b, b.Ptr)
	}
	if !b.At.Equal(at) || b.At.Location() != time.UTC || b.Empty != nil {
		t.Errorf("not normal: %v %v", b.At, b.Empty)
	}
}
