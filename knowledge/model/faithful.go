package model

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"hotline/bot/say"
	"hotline/knowledge"
)

// asks pairs what attackers ask for, in English and Chinese: a translation or a
// summary may say it only when its input does, in either language.
var asks = []struct{ en, zh *regexp.Regexp }{
	{regexp.MustCompile(`(?i)\bpass(?:word|code)s?\b|\bcredentials?\b|\blog ?in details\b`), regexp.MustCompile(`密码|口令|凭证`)},
	{regexp.MustCompile(`(?i)\b(?:verification|security|one.time) codes?\b|\botp\b`), regexp.MustCompile(`验证码|校验码|动态码`)},
	{regexp.MustCompile(`(?i)\btokens?\b|\bsecrets?\b|\bapi keys?\b`), regexp.MustCompile(`令牌|密钥|秘密`)},
	{regexp.MustCompile(`(?i)\b(?:delet|eras|wip|drop|truncat)(?:e[sd]?|ing|ping)?\b|\brm\b`), regexp.MustCompile(`删除|清空|抹除|删掉|丢弃|删库`)},
	{regexp.MustCompile(`(?i)\bformat(?:s|ted|ting)?\b|\bmkfs\b`), regexp.MustCompile(`格式`)},
	{regexp.MustCompile(`(?i)\buninstall`), regexp.MustCompile(`卸载`)},
	{regexp.MustCompile(`(?i)\bdisabl|\b(?:turn|switch)(?:ed|ing)? off\b`), regexp.MustCompile(`禁用|停用|关闭|关掉`)},
	{regexp.MustCompile(`(?i)\bpay(?:ments?|ing)?\b|\bpaid\b|\btransfers?\b|\bbitcoins?\b|\bgift cards?\b|\binvoices?\b|\boverdue\b`), regexp.MustCompile(`支付|付款|转账|汇款|缴费|比特币|礼品卡|发票|传输|转移|红包`)},
	{regexp.MustCompile(`(?i)\banydesk\b|\bteamviewer\b|\bremote (?:control|access|desktop)\b`), regexp.MustCompile(`远程`)},
	{regexp.MustCompile(`(?i)\bwechat\b|\bwhatsapp\b|\btelegram\b`), regexp.MustCompile(`微信|加好友`)},
	{regexp.MustCompile(`(?i)\bscan(?:s|ned|ning)?\b|\bqr\b`), regexp.MustCompile(`扫描|扫码|二维码`)},
	{regexp.MustCompile(`(?i)\badmin(?:istrator)?s?\b|\bpermissions?\b|\bprivileges?\b|\broot\b`), regexp.MustCompile(`管理员|权限|授权|授予`)},
	{regexp.MustCompile(`(?i)\bhacked\b|\bpwned\b|\bcompromised\b`), regexp.MustCompile(`入侵|被黑|攻破`)},
	{regexp.MustCompile(`(?i)\b(?:reboot|restart|reset|shut ?down)`), regexp.MustCompile(`重启|重新启动|重置|复位|关机|停机`)},
	{regexp.MustCompile(`(?i)\bclick\b|\blinks?\b`), regexp.MustCompile(`点击|链接|链路`)},
}

// program names what no sentence says by chance.
var program = regexp.MustCompile(`(?i)\b(?:rm|curl|wget|sudo|eval|exec|powershell|bash|chmod|chown|mkfs|dd|rmdir|kubectl|docker|psql|mysql)\b`)

// Bounds of what a text may be compared with its input.
const (
	minKnown  = 3  // so many words of the input must be in the glossary before sharing none counts
	minShared = .2 // the least share of the judgeable words of a text that its input must hold
	growth    = 6  // a translation is at most so many times as long as its input …
	slack     = 80 // … and so many characters
)

// faithful reports whether a text may stand for its input: in the language asked
// for, without a link, address, command, number or request that the input does not
// hold, and about the same things as far as the glossary can tell.
func faithful(text, input, lang string) bool {
	if broadcast.MatchString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return false
	}
	if !inLanguage(text, lang) {
		return false
	}
	if utf8.RuneCountInString(text) > growth*utf8.RuneCountInString(input)+slack {
		return false
	}
	have := squeeze(input)
	for _, m := range append(risky.FindAllString(text, -1), program.FindAllString(text, -1)...) {
		if m = squeeze(strings.Trim(m, "`.,;:!?)")); m != "" && !strings.Contains(have, m) {
			return false
		}
	}
	for _, a := range asks {
		if (a.en.MatchString(text) || a.zh.MatchString(text)) && !a.en.MatchString(input) && !a.zh.MatchString(input) {
			return false
		}
	}
	for line := range strings.Lines(text) {
		if Suspicious(line) {
			return false
		}
	}
	return kin(text, input)
}

// inLanguage reports whether a text is in a language, as far as its script tells.
func inLanguage(text, lang string) bool {
	got := say.Guess(text)
	return got == "" || say.IsChinese(got) == say.IsChinese(lang)
}

// complete reports whether a translation says something of each line of its input
// that the glossary knows well enough.
func complete(text, input string) bool {
	out := english(knowledge.Meanings(text))
	for line := range strings.Lines(input) {
		known, shared := 0, 0
		for word, readings := range knowledge.Meanings(line) {
			if len(readings) == 0 && hasHan(word) {
				continue
			}
			known++
			if out[word] || holdsAny(readings, out) {
				shared++
			}
		}
		if known >= minKnown && shared == 0 {
			return false
		}
	}
	return true
}

// english is what words mean in English, and the words themselves.
func english(meanings map[string][]string) map[string]bool {
	all := map[string]bool{}
	for word, readings := range meanings {
		all[word] = true
		for _, r := range readings {
			all[r] = true
		}
	}
	return all
}

// kin reports whether two texts, perhaps in two languages, are about the same: words
// that the other language has no known word for are not counted.
func kin(text, input string) bool {
	out, in := knowledge.Meanings(text), knowledge.Meanings(input)
	said := english(in)
	known := 0
	for word, readings := range in {
		if len(readings) > 0 || !hasHan(word) {
			known++
		}
	}
	inHan, shared, judged := hasHan(input), 0, 0
	for word, readings := range out {
		switch {
		case said[word] || holdsAny(readings, said):
			shared++
			judged++
		case hasDigit(word) && len(word) > 2:
			return false // a number or code from nowhere
		case len(readings) > 0 || hasHan(word) == inHan:
			judged++
		}
	}
	if known >= minKnown && shared == 0 {
		return false
	}
	return judged < minKnown || float64(shared) >= minShared*float64(judged)
}

func holdsAny(words []string, in map[string]bool) bool {
	for _, w := range words {
		if in[w] {
			return true
		}
	}
	return false
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }
