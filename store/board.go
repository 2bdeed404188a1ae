package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"hotline/bot"
	"hotline/bot/chat"
)

// maxPosts bounds one page of a channel's history.
const maxPosts = 1000

// AddPost stores a post; one whose Key is there already is returned as it is
// stored, so that a send that is repeated shows once.
func (s *SQLite) AddPost(ctx context.Context, p chat.Post) (chat.Post, error) {
	err := s.Do(ctx, func(btx bot.Tx) error {
		t, ok := btx.(*tx)
		if !ok {
			return errOver
		}
		if p.Key != "" {
			old, err := t.posts("WHERE key = $1", p.Key)
			if err != nil {
				return err
			}
			if len(old) > 0 {
				p = old[0]
				return nil
			}
		}
		return t.addPost(&p)
	})
	return p, err
}

func (t *tx) addPost(p *chat.Post) error {
	if p.At.IsZero() {
		p.At = t.now
	}
	t.w.next.revision++
	p.Revision = t.w.next.revision
	p.ID = p.Revision // grows, is never given twice, and costs no second counter
	body, err := encode(p)
	if err != nil {
		return err
	}
	_, err = t.exec("INSERT INTO posts (id, channel, thread, key, hidden, body)"+values(1, 6),
		p.ID, p.Channel, p.Thread, sql.NullString{String: p.Key, Valid: p.Key != ""}, number(p.Deleted), body)
	return err
}

// ChangePost changes a stored post by f, which may be run on another goroutine.
// Id, channel, thread and key stay as they were.
func (s *SQLite) ChangePost(ctx context.Context, id int64, f func(*chat.Post) error) (chat.Post, error) {
	var p chat.Post
	err := s.Do(ctx, func(btx bot.Tx) error {
		t, ok := btx.(*tx)
		if !ok {
			return errOver
		}
		var err error
		if p, err = t.post(id); err != nil {
			return err
		}
		old := p
		if err := f(&p); err != nil {
			return err
		}
		t.w.next.revision++
		p.ID, p.Channel, p.Thread, p.Key, p.Revision = old.ID, old.Channel, old.Thread, old.Key, t.w.next.revision
		body, err := encode(&p)
		if err != nil {
			return err
		}
		_, err = t.exec("UPDATE posts SET hidden = $2, body = $3 WHERE id = $1", id, number(p.Deleted), body)
		return err
	})
	return p, err
}

// Post reads one post.
func (s *SQLite) Post(ctx context.Context, id int64) (chat.Post, error) {
	var p chat.Post
	err := s.view(ctx, func(r *reader) (err error) {
		p, err = r.post(id)
		return err
	})
	return p, err
}

// Posts lists posts of a channel or thread with id > after, oldest first, at most
// limit and never more than 1,000; after < 0 gives the newest.
func (s *SQLite) Posts(ctx context.Context, channel, thread string, after int64, most int) ([]chat.Post, error) {
	most = limit(most, 100, maxPosts)
	var posts []chat.Post
	err := s.view(ctx, func(r *reader) (err error) {
		if after >= 0 {
			posts, err = r.posts("WHERE channel = $1 AND thread = $2 AND id > $3 ORDER BY id LIMIT $4", channel, thread, after, most)
			return err
		}
		posts, err = r.posts("WHERE channel = $1 AND thread = $2 ORDER BY id DESC LIMIT $3", channel, thread, most)
		slices.Reverse(posts)
		return err
	})
	return posts, err
}

// Seen stores how far a reader has read; it never goes back.
func (s *SQLite) Seen(ctx context.Context, reader, channel, thread string, id int64) error {
	return s.Do(ctx, func(btx bot.Tx) error {
		t, ok := btx.(*tx)
		if !ok {
			return errOver
		}
		_, err := t.exec(`INSERT INTO seen (reader, place, post_id) VALUES ($1, $2, $3)
			ON CONFLICT (reader, place) DO UPDATE SET post_id = excluded.post_id WHERE seen.post_id < excluded.post_id`,
			reader, chat.SeenKey(channel, thread), id)
		return err
	})
}

// SeenUpTo gives how far a reader has read, by "channel" or "channel/thread".
func (s *SQLite) SeenUpTo(ctx context.Context, reader string) (map[string]int64, error) {
	return numbers[int64](ctx, s, "SELECT place, post_id FROM seen WHERE reader = $1", reader)
}

// Heads gives the newest top-level post of each channel that has one, whether
// deleted or not.
func (s *SQLite) Heads(ctx context.Context, channels []string) (map[string]int64, error) {
	heads := map[string]int64{}
	err := s.view(ctx, func(r *reader) error {
		for _, channel := range channels {
			var id int64
			err := r.each("SELECT id FROM posts WHERE channel = $1 AND thread = '' ORDER BY id DESC LIMIT 1", []any{channel},
				func(scan func(...any) error) error { return scan(&id) })
			if err != nil {
				return err
			}
			if id > 0 {
				heads[channel] = id
			}
		}
		return nil
	})
	return heads, err
}

// ThreadCounts counts the replies of each thread of a channel that are not
// deleted, by the id of the parent.
func (s *SQLite) ThreadCounts(ctx context.Context, channel string) (map[string]int, error) {
	return numbers[int](ctx, s, `SELECT thread, count(*) FROM posts
		WHERE channel = $1 AND thread <> '' AND hidden = 0 GROUP BY thread`, channel)
}

// numbers reads rows of a text and a number.
func numbers[N int | int64](ctx context.Context, s *SQLite, query string, args ...any) (map[string]N, error) {
	all := map[string]N{}
	err := s.view(ctx, func(r *reader) error {
		return r.each(query, args, func(scan func(...any) error) error {
			var key string
			var n N
			err := scan(&key, &n)
			all[key] = n
			return err
		})
	})
	return all, err
}

// view is [SQLite.View] for queries that [bot.Reader] does not have.
func (s *SQLite) view(ctx context.Context, f func(r *reader) error) error {
	return s.View(ctx, func(br bot.Reader) error {
		r, ok := br.(*reader)
		if !ok {
			return errOver
		}
		return f(r)
	})
}

func (r *reader) post(id int64) (chat.Post, error) {
	posts, err := r.posts("WHERE id = $1", id)
	if err == nil && len(posts) == 0 {
		err = fmt.Errorf("post %d: %w", id, bot.ErrNotFound)
	}
	if err != nil {
		return chat.Post{}, err
	}
	return posts[0], nil
}

func (r *reader) posts(rest string, args ...any) ([]chat.Post, error) {
	var posts []chat.Post
	err := r.each("SELECT id, body FROM posts "+rest, args, func(scan func(...any) error) error {
		var id int64
		var body string
		var p chat.Post
		if err := scan(&id, &body); err != nil {
			return err
		}
		if err := decode("post", id, body, &p); err != nil {
			r.unreadable("posts", id, err)
			return nil
		}
		posts = append(posts, p)
		return nil
	})
	return posts, err
}
