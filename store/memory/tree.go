package memory

import (
	"iter"
	"math/rand/v2"
)

// tree is an ordered map whose nodes never change, a treap. Copying it is taking a
// snapshot; a write replaces the nodes on the way to what it changes.
type tree[K, V any] struct {
	root    *node[K, V]
	compare func(a, b K) int
}

type node[K, V any] struct {
	key         K
	value       V
	rank        uint64 // higher is nearer to the root; random, which keeps the tree low
	left, right *node[K, V]
}

// get finds the value of a key.
func (t *tree[K, V]) get(key K) (value V, ok bool) {
	for n := t.root; n != nil; {
		switch c := t.compare(key, n.key); {
		case c < 0:
			n = n.left
		case c > 0:
			n = n.right
		default:
			return n.value, true
		}
	}
	return value, false
}

// put adds or replaces.
func (t *tree[K, V]) put(key K, value V) { t.root = t.with(t.root, key, value) }

// with is n with the key; its root is a new node.
func (t *tree[K, V]) with(n *node[K, V], key K, value V) *node[K, V] {
	if n == nil {
		return &node[K, V]{key: key, value: value, rank: rand.Uint64()}
	}
	top := *n
	switch c := t.compare(key, n.key); {
	case c < 0:
		low := t.with(n.left, key, value)
		if low.rank > n.rank {
			top.left, low.right = low.right, &top
			return low
		}
		top.left = low
	case c > 0:
		high := t.with(n.right, key, value)
		if high.rank > n.rank {
			top.right, high.left = high.left, &top
			return high
		}
		top.right = high
	default:
		top.value = value
	}
	return &top
}

// remove takes a key out; false when it is not there.
func (t *tree[K, V]) remove(key K) bool {
	if _, ok := t.get(key); !ok {
		return false
	}
	t.root = t.without(t.root, key)
	return true
}

// without is n without a key that is in it.
func (t *tree[K, V]) without(n *node[K, V], key K) *node[K, V] {
	c := t.compare(key, n.key)
	if c == 0 {
		return join(n.left, n.right)
	}
	top := *n
	if c < 0 {
		top.left = t.without(n.left, key)
	} else {
		top.right = t.without(n.right, key)
	}
	return &top
}

// join puts two trees together, of which low has the lower keys.
func join[K, V any](low, high *node[K, V]) *node[K, V] {
	switch {
	case low == nil:
		return high
	case high == nil:
		return low
	case low.rank > high.rank:
		top := *low
		top.right = join(low.right, high)
		return &top
	default:
		top := *high
		top.left = join(low, high.left)
		return &top
	}
}

// all walks through everything in the order of the keys.
func (t *tree[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { t.walk(t.root, nil, yield) }
}

// from walks through the keys from least on.
func (t *tree[K, V]) from(least K) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { t.walk(t.root, &least, yield) }
}

func (t *tree[K, V]) walk(n *node[K, V], least *K, yield func(K, V) bool) bool {
	if n == nil {
		return true
	}
	if least != nil && t.compare(n.key, *least) < 0 {
		return t.walk(n.right, least, yield)
	}
	return t.walk(n.left, least, yield) && yield(n.key, n.value) && t.walk(n.right, nil, yield)
}
