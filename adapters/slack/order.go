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
					drainLane(lane)
					return
				}
			}
		})
	}
}

// add queues work of a conversation; it reports false when the queue is full.
func (o *order) add(conversation string, f func()) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(conversation))
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
