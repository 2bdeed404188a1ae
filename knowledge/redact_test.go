package knowledge

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maker invents secrets of one kind together with a sentence around them.
type maker struct {
	kind  string
	n     int
	make  func(*rand.Rand) string
	round []string // %s is the secret
}

func letters(rng *rand.Rand, set string, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(set[rng.IntN(len(set))])
	}
	return b.String()
}

const (
	anyCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	bigCase = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	numbers = "0123456789"
)

func oneOf(rng *rand.Rand, list ...string) string { return list[rng.IntN(len(list))] }

func inventID(rng *rand.Rand) string {
	s := fmt.Sprintf("%06d19%02d%02d%02d%03d", 110101+rng.IntN(500000), 50+rng.IntN(49), 1+rng.IntN(12), 1+rng.IntN(28), rng.IntN(1000))
	for _, c := range "0123456789X" {
		if chineseID(s + string(c)) {
			return s + string(c)
		}
	}
	return s
}

func inventCard(rng *rand.Rand) string {
	s := "4" + letters(rng, numbers, 14)
	for _, c := range numbers {
		if luhn(s + string(c)) {
			s += string(c)
			break
		}
	}
	if rng.IntN(2) == 0 {
		return s[:4] + " " + s[4:8] + " " + s[8:12] + " " + s[12:]
	}
	return s
}

var makers = []maker{
	{"english names", 50, func(r *rand.Rand) string {
		return oneOf(r, "Alice", "Robert", "Priya", "Chen", "Fatima", "Olaf") + " " + oneOf(r, "Smith", "Jones", "Patel", "Nakamura", "O'Brien", "Larsson")
	}, []string{"My name is %s and login fails", "reported by %s on Monday", "Kind regards, %s", "Contact: %s, second floor", "please ask for %s at the desk", "Dear %s, the gateway is down"}},
	{"chinese names", 40, func(r *rand.Rand) string {
		return oneOf(r, "王", "李", "张", "刘", "陈", "赵", "周") + oneOf(r, "伟", "芳", "秀英", "建国", "晓明", "磊")
	}, []string{"联系人：%s，系统登录失败", "我叫%s，打印机坏了", "报修人 %s 反馈网络中断", "请联系%s。", "%s先生来电说服务不可用"}},
	{"chinese mobiles", 40, func(r *rand.Rand) string {
		return oneOf(r, "", "+86 ", "86-") + "1" + oneOf(r, "38", "59", "77", "91") + letters(r, numbers, 8)
	},
		[]string{"请拨打%s", "call me %s please", "手机：%s", "my number %s, after six"}},
	{"telephones", 40, func(r *rand.Rand) string {
		switch r.IntN(4) {
		case 0:
			return fmt.Sprintf("+44 20 %s %s", letters(r, numbers, 4), letters(r, numbers, 4))
		case 1:
			return fmt.Sprintf("(%d) %s-%s", 200+r.IntN(700), letters(r, numbers, 3), letters(r, numbers, 4))
		case 2:
			return "0" + fmt.Sprint(10+r.IntN(89)) + "-" + "8" + letters(r, numbers, 7)
		}
		return fmt.Sprintf("%d-%s-%s", 200+r.IntN(700), letters(r, numbers, 3), letters(r, numbers, 4))
	}, []string{"phone: %s", "reach us on %s today", "电话 %s", "fax or call %s."}},
	{"mail addresses", 40, func(r *rand.Rand) string {
		return strings.ToLower(letters(r, anyCase, 6)) + oneOf(r, ".", "_", "+x") + "q@" + oneOf(r, "example.com", "mail.example.co.uk", "shop-example.cn")
	}, []string{"write to %s", "发邮件到%s。", "<%s> said it fails", "user=%s;"}},
	{"postal addresses", 30, func(r *rand.Rand) string {
		if r.IntN(2) == 0 {
			return fmt.Sprintf("%d %s %s", 1+r.IntN(900), oneOf(r, "Maple", "King George", "Ocean View"), oneOf(r, "Street", "Avenue", "Road"))
		}
		return oneOf(r, "北京市朝阳区", "上海市浦东新区", "杭州市西湖区") + oneOf(r, "建国路", "世纪大道", "文三路") + fmt.Sprint(1+r.IntN(900)) + "号"
	}, []string{"our office: %s, second floor", "地址：%s", "ship the disk to %s."}},
	{"platform tokens", 60, func(r *rand.Rand) string {
		switch r.IntN(7) {
		case 0:
			return "xoxb-" + letters(r, numbers, 11) + "-" + letters(r, anyCase, 24)
		case 1:
			return "ghp_" + letters(r, anyCase, 36)
		case 2:
			return "AKIA" + letters(r, bigCase, 16)
		case 3:
			return "sk-" + letters(r, anyCase, 40)
		case 4:
			return "eyJ" + letters(r, anyCase, 20) + "." + letters(r, anyCase, 30) + "." + letters(r, anyCase, 40)
		case 5:
			return "glpat-" + letters(r, anyCase, 20)
		}
		return letters(r, numbers, 9) + ":AA" + letters(r, anyCase, 33)
	}, []string{"the bot uses %s", "令牌 %s 失效", "export TOKEN=%s", "curl -H 'Authorization: Bearer %s'"}},
	{"named secrets", 50, func(r *rand.Rand) string {
		return letters(r, anyCase, 6) + letters(r, numbers, 2) + letters(r, "!#%*", 1) + letters(r, anyCase, 3)
	},
		[]string{"password: %s", "pwd=%s in the file", "密码是%s", "postgres://app:%s@db:5432/x", `{"password":"%s"}`}},
	{"serial numbers", 30, func(r *rand.Rand) string { return letters(r, bigCase, 4) + letters(r, numbers, 6) },
		[]string{"serial number %s", "S/N: %s", "序列号：%s", "SN %s does not start"}},
	{"licence keys", 20, func(r *rand.Rand) string {
		return letters(r, bigCase, 5) + "-" + letters(r, bigCase, 4) + "7-" + letters(r, bigCase, 5) + "-" + letters(r, bigCase, 5)
	}, []string{"key %s was refused", "许可证 %s 无效"}},
	{"identity numbers", 30, inventID, []string{"身份证%s", "id card %s", "证件号：%s，请核对"}},
	{"cards", 20, inventCard, []string{"card %s was declined", "卡号 %s 扣款失败"}},
	{"random strings", 20, func(r *rand.Rand) string { return letters(r, anyCase, 40) }, []string{"value %s in the header", "secret_key=%s"}},
	{"private keys", 5, func(r *rand.Rand) string {
		return "-----BEGIN RSA PRIVATE KEY-----\n" + letters(r, anyCase, 64) + "\n" + letters(r, anyCase, 64) + "\n-----END RSA PRIVATE KEY-----"
	}, []string{"here:\n%s\nplease check"}},
	{"network addresses", 20, func(r *rand.Rand) string { return fmt.Sprintf("10.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256)) },
		[]string{"host %s is down", "从 %s 无法访问", "ping %s."}},
}

// TestRedactRecall seeds some five hundred secrets in sentences of both
// languages: at least 98 of 100 must be gone entirely.
func TestRedactRecall(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 7))
	total, missed := 0, 0
	for _, m := range makers {
		for i := range m.n {
			secret := m.make(rng)
			text := fmt.Sprintf(m.round[i%len(m.round)], secret)
			total++
			if got := Redact(text); strings.Contains(got, secret) || len(secret) > 8 && strings.Contains(got, secret[len(secret)/2:]) {
				missed++
				t.Logf("%s: %q became %q", m.kind, text, got)
			}
		}
	}
	recall := 1 - float64(missed)/float64(total)
	t.Logf("%d secrets, recall %.4f", total, recall)
	if total < 400 || recall < .98 {
		t.Errorf("recall %.3f of %d, want at least .98 of 400", recall, total)
	}
}

var survivors = []string{
	"ORA-00600", "ORA-12514", "0x80070005", "0xC0000005", "HTTP 503", "502 Bad Gateway", "E1234", "ERR_CONNECTION_REFUSED", "SQLSTATE 08001",
	"KB5034441", "CVE-2024-12345", "ECONNRESET", "errno 110", "java.lang.NullPointerException", "DPY-6005", "TiKV:9005", "exit code 137",
	"v2.7.3.1", "2.7.3", "SIGKILL", "NT_STATUS_ACCESS_DENIED", "0x0000007B", "MY-013183", "PLS-00306", "PG::ConnectionBad", "TNS-12541",
	"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "d41d8cd98f00b204e9800998ecf8427e", "WSAECONNREFUSED 10061",
	"max_allowed_packet", "request 1234567890", "port 3306", "127.0.0.1", "PoolGuard.java:88", "2026-03-04 10:11:12", "F-10427",
	"password expired", "token expired", "密码错误", "令牌过期", "password is incorrect", "serial port", "The password field is empty",
	"Windows Server 2022", "contact support", "MS-DOS 8.3", "内存不足", "张量形状不匹配", "高并发场景", "找不到文件", "我是新手", "IOException",
}

func TestRedactKeepsErrorCodes(t *testing.T) {
	for _, s := range survivors {
		for _, round := range []string{"%s", "we saw %s today", "系统报 %s，请处理"} {
			text := fmt.Sprintf(round, s)
			if got := Redact(text); got != text {
				t.Errorf("%q became %q", text, got)
			}
		}
	}
}

// TestRedactDamageOnDevelopmentData counts the error codes and digests of real
// bug reports that redaction breaks.
func TestRedactDamageOnDevelopmentData(t *testing.T) {
	path := filepath.Join(devEvalDir(t, "bugdup-en"), "corpus.jsonl")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	code := regexp.MustCompile(`\b(?:[A-Z]{2,6}-\d{3,6}|0x[0-9A-Fa-f]{4,16}|[A-Z][A-Za-z]+(?:Exception|Error)|E(?:CONN|ACCES|NOENT|PERM|TIMED|PIPE)[A-Z]*|[0-9a-f]{32,64}|HTTP \d{3})\b`)
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, maxLine)
	seen, lost := 0, 0
	for n := 0; sc.Scan() && n < 800; n++ {
		codes := code.FindAllString(sc.Text(), -1)
		if len(codes) == 0 {
			continue
		}
		left := map[string]int{}
		for _, c := range code.FindAllString(Redact(sc.Text()), -1) {
			left[c]++
		}
		for _, c := range codes {
			seen++
			if left[c]--; left[c] < 0 {
				lost++
			}
		}
	}
	t.Logf("%d of %d codes damaged", lost, seen)
	if float64(lost) > .01*float64(seen) {
		t.Errorf("%d of %d codes damaged, at most one in a hundred may be", lost, seen)
	}
}

func TestMask(t *testing.T) {
	var m Mask
	a := m.Hide("write to joe@example.com or 13812345678")
	b := m.Hide("joe@example.com did not answer")
	if a != "write to [email-1] or [phone-2]" || b != "[email-1] did not answer" {
		t.Errorf("%q, %q", a, b)
	}
	if got := m.Restore("ask [email-1]"); got != "ask joe@example.com" {
		t.Errorf("restored %q", got)
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("joe@example.com 13812345678 password: x9!abc")
	f.Fuzz(func(t *testing.T, s string) {
		once := Redact(s)
		if strings.Contains(once, "joe@example.com") {
			t.Error("a mail address got through")
		}
	})
}
