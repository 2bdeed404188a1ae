package discord

import (
	"context"
	"sync"
)

// maxWaiting bounds the events that wait; the gateway is not read beyond it.
const maxWaiting = 10000

// lanes runs tasks one after the other within a key, and side by side between
// keys. A key costs a goroutine only while it has tasks.
type lanes struct {
	room chan struct{}
	mu   sync.Mutex
	wait map[string][]func()
	wg   sync.WaitGroup
}

func newLanes() *lanes {
	return &lanes{room: make(chan struct{}, maxWaiting), wait: map[string][]func(){}}
}

// add queues a task, waiting for room while too many wait.
func (l *lanes) add(ctx context.Context, key string, task func()) {
	select {
	case l.room <- struct{}{}:
	case <-ctx.Done():
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	q, busy := l.wait[key]
	l.wait[key] = append(q, task)
	if !busy {
		l.wg.Go(func() { l.drain(key) })
	}
}

func (l *lanes) drain(key string) {
	for {
		l.mu.Lock()
		q := l.wait[key]
		if len(q) == 0 {
			delete(l.wait, key)
			l.mu.Unlock()
			return
		}
		task := q[0]
		q[0] = nil
		l.wait[key] = q[1:]
		l.mu.Unlock()
		task()
		<-l.room
	}
}

// finish waits until everything that was added has run.
func (l *lanes) finish() { l.wg.Wait() }
