package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// SignatureHeader carries "t=<unix seconds>,v1=<hex>": the time of sending and
// HMAC-SHA256 of the time, a dot and the body.
const SignatureHeader = "X-Hotline-Signature"

// signatureWindow is how far the time of a signature may be from ours.
const signatureWindow = 5 * time.Minute

// Sign makes the value of [SignatureHeader] for a body sent at an instant.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac(secret, t, body))
}

func mac(secret, t string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(t + "."))
	h.Write(body)
	return h.Sum(nil)
}

var (
	errUnsigned = errors.New("this service wants signed requests: send the header " + SignatureHeader)
	errStale    = errors.New("the signature is older than five minutes: check the clock of the sender")
	errForged   = errors.New("the signature does not fit the body: check the signing secret")
)

// Verify checks a signature made by [Sign] against now. The header may carry
// several v1 parts, one of which must fit, so that a secret can be changed.
func Verify(secret, header string, now time.Time, body []byte) error {
	if header == "" {
		return errUnsigned
	}
	t := ""
	var sums [][]byte
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			t = value
		case "v1":
			if sum, err := hex.DecodeString(value); err == nil && len(sums) < 4 {
				sums = append(sums, sum)
			}
		}
	}
	seconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		return errForged
	}
	want := mac(secret, t, body)
	fits := false
	for _, sum := range sums {
		fits = hmac.Equal(sum, want) || fits
	}
	switch {
	case !fits:
		return errForged
	case now.Sub(time.Unix(seconds, 0)).Abs() > signatureWindow:
		return errStale
	default:
		return nil
	}
}
