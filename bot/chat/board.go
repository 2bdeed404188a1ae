package chat

import (
	"context"
	"time"
)

// Board keeps the messages of a platform that Hotline hosts itself (the web
// workspace). Other platforms keep their own history.
type Board interface {
	// AddPost stores a post and returns it with its id, a number that grows. When
	// a post with the same non-empty Key is there already, that one is returned
	// and nothing is stored.
	AddPost(ctx context.Context, p Post) (Post, error)
	// ChangePost edits, reacts or deletes by f, which gets the stored post. It
	// fails when the post is not there.
	ChangePost(ctx context.Context, id int64, f func(*Post) error) (Post, error)
	Post(ctx context.Context, id int64) (Post, error)
	// Posts lists a channel's or thread's posts with id > after, oldest first;
	// after < 0 gives the newest limit posts. thread "" gives top-level posts.
	Posts(ctx context.Context, channel, thread string, after int64, limit int) ([]Post, error)
	// Seen stores how far a reader has read a channel or thread, never backwards.
	// SeenUpTo gives all of a reader's marks, by the channel's id, or by
	// "channel/thread" for threads.
	Seen(ctx context.Context, reader, channel, thread string, id int64) error
	SeenUpTo(ctx context.Context, reader string) (map[string]int64, error)
	// Heads gives, for each of the channels, the id of the newest top-level post;
	// ThreadCounts the number of replies by the id of the parent.
	Heads(ctx context.Context, channels []string) (map[string]int64, error)
	ThreadCounts(ctx context.Context, channel string) (map[string]int, error)
}

// Post is one message on a [Board].
type Post struct {
	ID      int64  `json:"id"`
	Channel string `json:"channel"`
	// Thread is the id of the parent post as text, empty at top level.
	Thread string `json:"thread,omitempty"`
	Author string `json:"author"` // user id, "" for the bot
	Name   string `json:"name,omitempty"`
	// Only is the one user who may see it; empty for everybody in the channel.
	Only     string            `json:"only,omitempty"`
	Content  Content           `json:"content"`
	Key      string            `json:"key,omitempty"` // idempotency key of the send, unique
	Lang     string            `json:"lang,omitempty"`
	Case     string            `json:"case,omitempty"`
	Urgent   bool              `json:"urgent,omitempty"`
	At       time.Time         `json:"at"`
	Edited   time.Time         `json:"edited,omitzero"`
	Deleted  bool              `json:"deleted,omitempty"`
	Reacts   map[string][]User `json:"reacts,omitempty"` // emoji → who
	Revision int64             `json:"revision"`         // grows with every change on the board
}

// User is who reacted.
type User struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SeenKey is the key of a channel or thread in [Board.SeenUpTo].
func SeenKey(channel, thread string) string {
	if thread == "" {
		return channel
	}
	return channel + "/" + thread
}
