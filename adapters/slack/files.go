package slack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	sdk "github.com/slack-go/slack"

	"hotline/bot/chat"
)

const uploadTries = 3

// attachments are the files of a message, with the whole text when it did not fit.
func attachments(out chat.Outgoing, rest string) []chat.File {
	files := slices.Clone(out.Content.Files)
	if rest != "" {
		files = append(files, chat.File{Name: firstOf(out.Case, "message") + ".txt", Type: "text/plain", Data: []byte(cutBytes(rest, chat.MaxFile))})
	}
	return files[:min(len(files), chat.MaxFiles)]
}

// attach uploads the files of a message that was sent. The message stands; a file
// that could not be added is reported to the log.
func (a *Adapter) attach(ctx context.Context, channel, thread string, files []chat.File) {
	var res chat.SendResult
	for try := range uploadTries {
		if _, res = a.upload(ctx, channel, thread, files); res.Class == chat.Sent || res.Class == chat.Never {
			break
		}
		if !pause(ctx, max(res.After, backoff(try, nil))) {
			break
		}
	}
	if res.Class != chat.Sent {
		a.cfg.Log.Error("file not attached", "channel", channel, "reason", res.Reason, "err", res.Err)
	}
}

// upload puts files into a channel or thread.
func (a *Adapter) upload(ctx context.Context, channel, thread string, files []chat.File) (chat.MessageRef, chat.SendResult) {
	for _, f := range files {
		if len(f.Data) == 0 {
			continue
		}
		res := a.limited("files.upload", channel, func() error {
			_, err := a.api.UploadFileContext(ctx, sdk.UploadFileParameters{
				Reader: bytes.NewReader(f.Data), FileSize: len(f.Data), Filename: firstOf(cutRunes(f.Name, 200), "file"), Channel: channel, ThreadTimestamp: thread,
			})
			return err
		})
		if res.Class != chat.Sent {
			return chat.MessageRef{}, res
		}
	}
	// Slack posts the files by itself and does not say under which id.
	return chat.MessageRef{Place: a.place(channel, thread)}, chat.OK()
}

// Fetch implements [chat.Fetcher]. The token is only sent to the host of the API
// and, over https, to Slack's own.
func (a *Adapter) Fetch(ctx context.Context, f chat.File) ([]byte, error) {
	if f.Size > chat.MaxFile {
		return nil, fmt.Errorf("slack: file of %d bytes is larger than %d", f.Size, chat.MaxFile)
	}
	address := f.URL
	if address == "" {
		res := a.limited("files.info", "", func() error {
			info, _, _, err := a.api.GetFileInfoContext(ctx, f.ID, 0, 0)
			if err == nil {
				address = firstOf(info.URLPrivateDownload, info.URLPrivate)
			}
			return err
		})
		if res.Class != chat.Sent {
			return nil, fmt.Errorf("slack: file %s: %s", f.ID, res.Reason)
		}
	}
	var b bounded
	if err := a.api.GetFileContext(ctx, address, &b); err != nil {
		if errors.Is(err, errTooLarge) {
			return nil, fmt.Errorf("slack: file %s: %w", f.ID, errTooLarge)
		}
		return nil, fmt.Errorf("slack: file %s could not be read", f.ID)
	}
	return b.Bytes(), nil
}

var errTooLarge = errors.New("file is too large")

// bounded collects at most chat.MaxFile bytes.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > chat.MaxFile {
		return 0, errTooLarge
	}
	return b.Buffer.Write(p)
}
