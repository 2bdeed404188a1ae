package knowledge

import (
	"math"
	"regexp"
	"strings"
	"time"
)

// redactRule finds one kind of secret. group is the part of the match that is
// taken out; ok, if set, must agree; a text without any byte of hint is skipped.
type redactRule struct {
	kind  string
	re    *regexp.Regexp
	group int
	hint  string
	ok    func(string) bool
}

// surnames are the most frequent Chinese family names.
const surnames = `王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤`

// redactRules are applied in this order: what is certain first, so that weaker
// rules do not cut a piece out of it.
var redactRules = []redactRule{
	{kind: "key", hint: "-", re: regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`)},
	{kind: "token", hint: "e", re: regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`)},
	{kind: "token", re: regexp.MustCompile(`\b(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9_-]{16,}|[sr]k_(?:live|test)_[A-Za-z0-9]{12,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{20,}|dop_v1_[a-f0-9]{40,}|LTAI[A-Za-z0-9]{12,}|AKID[A-Za-z0-9]{16,}|\d{8,10}:AA[A-Za-z0-9_-]{30,}|[MNO][A-Za-z0-9_-]{22,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,})`)},
	{kind: "token", hint: "/", group: 1, re: regexp.MustCompile(`hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9/_-]+)`)},
	{kind: "token", hint: "/", group: 1, re: regexp.MustCompile(`(?:discord|discordapp)\.com/api/webhooks/([A-Za-z0-9/_-]+)`)},
	{kind: "password", hint: ":", group: 1, re: regexp.MustCompile(`\b[a-z][a-z0-9+.-]*://[^\s:/@]*:([^\s@/]+)@`)},
	{kind: "token", group: 1, re: regexp.MustCompile(`(?i)\b(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{12,})`)},
	{kind: "password", group: 1, re: regexp.MustCompile(`(?i)(?:password|passwd|passphrase|pwd)["']?\s*[:=：]\s*["']?([^\s"',;，。；]{3,})`)},
	{kind: "password", group: 1, re: regexp.MustCompile(`(?i)(?:password|passwd|passphrase|pwd)\s+is\s+["']?([!#-&(-+\--:<-~]{4,})`), ok: mixed},
	{kind: "password", group: 1, re: regexp.MustCompile(`(?:密码|口令)\s*(?:[:=：是为]+)\s*["']?([!-~]{4,})`)},
	{kind: "token", group: 1, re: regexp.MustCompile(`(?i)(?:token|secret|api[_-]?key|access[_-]?key|secret[_-]?key|client[_-]?secret|auth[_-]?key|credential|令牌|密钥|秘钥)["']?\s*(?:[:=：是为]|is)\s*["']?([A-Za-z0-9._~+/=-]{8,})`), ok: mixed},
	{kind: "email", hint: "@", re: regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)},
	{kind: "id", group: 1, re: regexp.MustCompile(`(?:^|[^0-9A-Za-z])(\d{17}[0-9Xx])(?:$|[^0-9A-Za-z])`), ok: chineseID},
	{kind: "card", group: 1, re: regexp.MustCompile(`(?:^|[^0-9A-Za-z.-])(\d(?:[ -]?\d){12,18})(?:$|[^0-9A-Za-z-])`), ok: luhn},
	{kind: "key", re: regexp.MustCompile(`\b[A-Z0-9]{5}(?:-[A-Z0-9]{5}){2,}\b`), ok: mixed},
	{kind: "serial", group: 1, re: regexp.MustCompile(`(?i)(?:serial(?:\s*(?:number|no\.?|#))?|\bs/n|\bsn|\bimei|\bmeid|asset tag|序列号|设备号|机身号|资产编号)\s*(?:[:：#=]|is|是|为)?\s*([A-Za-z0-9][A-Za-z0-9-]{5,})`), ok: hasDigit},
	{kind: "mac", re: regexp.MustCompile(`\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b`)},
	{kind: "phone", group: 1, re: regexp.MustCompile(`(?:^|[^0-9A-Za-z.-])((?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?:$|[^0-9A-Za-z-])`)},
	{kind: "phone", hint: "+", group: 1, re: regexp.MustCompile(`(?:^|[^0-9A-Za-z+])(\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){1,4})`), ok: phoneDigits},
	{kind: "phone", hint: "-(. ", group: 1, re: regexp.MustCompile(`(?:^|[^0-9A-Za-z.-])(\(\d{3}\) ?\d{3}[ -]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})(?:$|[^0-9A-Za-z.-]|\.(?:\D|$))`)},
	{kind: "phone", hint: "-", group: 1, re: regexp.MustCompile(`(?:^|[^0-9A-Za-z.-])(0\d{2,3}-\d{7,8}(?:-\d{1,5})?)(?:$|[^0-9A-Za-z-])`)},
	{kind: "phone", group: 1, re: regexp.MustCompile(`(?i)(?:telephone|\btel|phone|mobile|\bcell|\bcall(?: me)?(?: at| on)?|电话|手机|座机|分机|联系方式|热线)(?:\s*(?:number|no\.?|号码?))?\s*(?:[:：#=]|is|是|为)?\s*(\+?\d[\d ()-]{5,}\d)`), ok: phoneDigits},
	{kind: "ip", hint: ".", group: 1, re: regexp.MustCompile(`(?:^|[^0-9A-Za-z._-])((?:\d{1,3}\.){3}\d{1,3})(?:$|[^0-9A-Za-z._-]|\.(?:\D|$))`), ok: hostIP},
	{kind: "address", group: 0, re: regexp.MustCompile(`\b\d{1,5}[A-Za-z]? (?:[NSEW]\.? )?[A-Z][a-z]+(?: [A-Z][a-z]+){0,3} (?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Place|Pl|Square|Sq|Terrace|Highway)\b\.?(?:,? (?:Apt|Suite|Unit|Floor|Flat)\.? ?#?\w+)?(?:, [A-Z][a-z]+(?: [A-Z][a-z]+)*)?(?:,? [A-Z]{2} \d{5}(?:-\d{4})?)?`)},
	{kind: "address", group: 0, re: regexp.MustCompile(`(?:\p{Han}{2,6}(?:省|自治区))?(?:\p{Han}{2,6}市)?(?:\p{Han}{1,6}(?:区|县|镇))?\p{Han}{1,10}(?:路|街|大道|巷|弄|胡同)\s*\d{1,5}\s*(?:号|弄)(?:院)?(?:\s*[A-Za-z0-9一二三四五六七八九十]+\s*(?:号楼|栋|幢|座|楼|层|单元|室|房))*`)},
	{kind: "address", group: 0, re: regexp.MustCompile(`\p{Han}{2,6}(?:市|县)\p{Han}{1,6}(?:区|镇|街道)\p{Han}{2,12}(?:小区|大厦|花园|公寓|广场|园区)(?:\s*[A-Za-z0-9一二三四五六七八九十]+\s*(?:号楼|栋|幢|座|楼|层|单元|室|房))*`)},
	{kind: "name", group: 1, re: regexp.MustCompile(`(?i:\bmy name is|\bname\s*[:：]|\bsigned(?: by)?[:,]?|\b(?:kind |best )?regards,?|\bsincerely,?|\breported by:?|\bassigned to:?|\bcontact person:?|\bcontact name:?|\bcontact:|\bcustomer name:?|\bcc:|\bfrom:|\battn:?|\bdear)\s+((?:(?:Mr|Mrs|Ms|Dr)\.? )?[A-Z][a-z'’]+(?:[- ][A-Z][a-z'’]+){0,2})`), ok: personal},
	{kind: "name", group: 1, re: regexp.MustCompile(`\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? ([A-Z][a-z'’]+(?:[- ][A-Z][a-z'’]+){0,2})`)},
	{kind: "name", group: 1, re: regexp.MustCompile(`\b(?:I am|I'm|[Tt]his is|[Cc]ontact|[Aa]sk for|[Ss]peak to|[Tt]alk to|[Cc]all) ([A-Z][a-z'’]+(?:[- ][A-Z][a-z'’]+){1,2})`), ok: personal},
	{kind: "name", group: 1, re: regexp.MustCompile(`(?:我叫|姓名|联系人|称呼|收件人|经办人|负责人|报修人|申请人|报告人|客户姓名|用户姓名|签字)\s*(?:[:：是为]\s*)?([` + surnames + `]\p{Han}{1,2})(?:$|[^\p{Han}]|的|说|反馈|反映|来电|报|，)`)},
	{kind: "name", group: 1, re: regexp.MustCompile(`(?:我叫|姓名|联系人|收件人|报修人|申请人)\s*(?:[:：]\s*)([` + surnames + `]\p{Han}{1,2})`)},
	{kind: "name", group: 1, re: regexp.MustCompile(`(?:我是|请联系|请找|找)([` + surnames + `]\p{Han}{1,2})(?:$|[，。,.！!、；\s])`)},
	{kind: "name", group: 1, re: regexp.MustCompile(`([` + surnames + `]\p{Han}{0,2})(?:先生|女士|小姐|老师|经理|总监|主任)`)},
	{kind: "token", re: regexp.MustCompile(`[A-Za-z0-9+/_=-]{24,}`), ok: random},
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// mixed reports letters and digits, or marks, together: no plain word and no
// plain number of a few digits.
func mixed(s string) bool {
	letters, digits, marks := 0, 0, 0
	for i := range len(s) {
		switch {
		case digit(s[i]):
			digits++
		case letter(s[i]):
			letters++
		case s[i] != '-' && s[i] != '.' && s[i] != '_':
			marks++
		}
	}
	return digits > 0 && letters > 0 || digits > 0 && marks > 0 || letters > 0 && marks > 0 || digits >= 6
}

// phoneDigits reports seven to fifteen digits.
func phoneDigits(s string) bool {
	n := 0
	for i := range len(s) {
		if digit(s[i]) {
			n++
		}
	}
	return n >= 7 && n <= 15
}

// hostIP reports an address that can name one host: no version number, which
// begins low, no loopback and no mask.
func hostIP(s string) bool {
	first := 0
	for i, part := range strings.Split(s, ".") {
		n := 0
		for j := range len(part) {
			n = n*10 + int(part[j]-'0')
		}
		if n > 255 {
			return false
		}
		if i == 0 {
			first = n
		}
	}
	return first >= 10 && first != 127 && first != 255
}

// chineseID checks the date and the check digit of a Chinese identity number
// (GB 11643).
func chineseID(s string) bool {
	if _, err := time.Parse("20060102", s[6:14]); err != nil {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return "10X98765432"[sum%11] == strings.ToUpper(s)[17]
}

// luhn checks the check digit of a payment card.
func luhn(s string) bool {
	sum, n := 0, 0
	for i := len(s) - 1; i >= 0; i-- {
		if !digit(s[i]) {
			continue
		}
		d := int(s[i] - '0')
		if n%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		n++
	}
	return n >= 13 && n <= 19 && sum%10 == 0
}

// notNames begin capitalised runs that are no persons.
var notNames = wordSet(`Windows Linux Google Microsoft Oracle Apache Azure Amazon Support Team Hotline Customer Service Help Desk
Error Exception Failed All Sir Madam The This That Our Your We It Version Server Client System Production Monday Tuesday Wednesday
Thursday Friday Saturday Sunday January February March April May June July August September October November December`)

func personal(s string) bool {
	first, _, _ := strings.Cut(s, " ")
	return !notNames[first]
}

// random reports a run that looks drawn by lot: all three kinds of characters,
// several of each, and an entropy of at least 4.2 bits a character. Digests in
// hexadecimal and names of classes do not.
func random(s string) bool {
	var count [256]int
	lower, upperCase, digits := 0, 0, 0
	for i := range len(s) {
		count[s[i]]++
		switch c := s[i]; {
		case digit(c):
			digits++
		case upper(c):
			upperCase++
		case c >= 'a' && c <= 'z':
			lower++
		}
	}
	if lower < 3 || upperCase < 3 || digits < 3 || strings.Count(s, "/") > 2 {
		return false
	}
	bits := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits >= 4.2
}
