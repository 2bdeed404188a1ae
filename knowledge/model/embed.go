package model

import (
	"context"
	"fmt"
	"math"
	"strconv"

	openai "github.com/sashabaranov/go-openai"

	"hotline/knowledge"
)

// maxEmbed is how many texts one call may carry.
const maxEmbed = 128

// Space names what vectors may be compared with each other: the model and the
// dimensions. Vectors of two spaces are never mixed.
func (c *Client) Space() string { return c.o.Embed + "/" + strconv.Itoa(c.o.Dimensions) }

// Embed returns one vector of length one for each text, redacted before it is
// sent. At most 128 texts.
func (c *Client) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if c.o.Embed == "" {
		return nil, ErrOff
	}
	if len(texts) == 0 || len(texts) > maxEmbed {
		return nil, fmt.Errorf("%w: %d texts, want 1 to %d", ErrFailed, len(texts), maxEmbed)
	}
	in := make([]string, len(texts))
	tokens := 0
	for i, t := range texts {
		in[i] = cut(knowledge.Redact(t), maxQuestion)
		tokens += estimate(in[i])
	}
	if err := c.allow(tokens); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.Budget)
	defer cancel()
	res, err := c.api.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{Input: in, Model: openai.EmbeddingModel(c.o.Embed), Dimensions: c.o.Dimensions})
	if err != nil {
		c.breaker.failed(c.o.Now())
		return nil, fmt.Errorf("%w: %s", ErrFailed, reason(err))
	}
	c.settle(tokens, res.Usage.TotalTokens)
	out, err := vectors(res.Data, len(in), c.o.Dimensions)
	if err != nil {
		c.breaker.failed(c.o.Now())
		return nil, err
	}
	c.breaker.worked()
	return out, nil
}

// vectors checks and normalises what came back.
func vectors(data []openai.Embedding, n, dimensions int) ([][]float32, error) {
	out := make([][]float32, n)
	for _, d := range data {
		if d.Index < 0 || d.Index >= n || len(d.Embedding) == 0 || dimensions > 0 && len(d.Embedding) != dimensions {
			return nil, fmt.Errorf("%w: a vector of another shape", ErrAnswer)
		}
		norm := 0.0
		for _, v := range d.Embedding {
			norm += float64(v) * float64(v)
		}
		if norm == 0 || math.IsNaN(norm) || math.IsInf(norm, 0) {
			return nil, fmt.Errorf("%w: a vector without direction", ErrAnswer)
		}
		scaled := make([]float32, len(d.Embedding))
		for i, v := range d.Embedding {
			scaled[i] = float32(float64(v) / math.Sqrt(norm))
		}
		out[d.Index] = scaled
	}
	for _, v := range out {
		if v == nil || len(v) != len(out[0]) {
			return nil, fmt.Errorf("%w: vectors are missing", ErrAnswer)
		}
	}
	return out, nil
}
