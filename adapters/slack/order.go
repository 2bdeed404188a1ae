package slack

import (
	"context"
	"hash/fnv"
	"sync"
)

// orderLanes is how many conversations are worked on side by side.
const orderLanes = 16

// maxQueued bounds what waits in one lane; what comes on top is not acknowledged,
// so that Slack delivers it again.
const maxQueued = 1000

// order keeps the events of one conversation in the order they came in.
type order struct {
	lanes [orderLanes]chan func()
	mu    sync.RWMutex
	ended bool
}

func newOrder() *order {
	o := &order{}
	for i := range o.lanes {
		o.lanes[i] = make(chan func(), maxQueued)
	}
	return o
}

// run works until ctx ends. What still waits then runs too, and finds that there
// is no more time, so that it is given back unacknowledged.
func (o *order) run(ctx context.Context, wg *sync.WaitGroup) {
	for _, lane := range o.lanes {
		wg.Go(func() {
			for {
				select {
				case f := <-lane:
					f()
				case <-ctx.Done():
					o.end()
					drainLane(lane)
					return
				}
			}
		})
	}
}

// end lets nothing more be added.
func (o *order) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
}

// add queues work of a conversation; it reports false when the queue is full or
// has ended.
func (o *order) add(conversation string, f func()) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(conversation))
	o.mu.RLock()
	defer o.mu.RUnlock()
	if o.ended {
		return false
	}
	select {
	case o.lanes[h.Sum32()%orderLanes] <- f:
		return true
	default:
		return false
	}
}

func drainLane(lane chan func()) {
	for {
		select {
		case f := <-lane:
			f()
		default:
			return
		}
	}
}
