package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Contract is Discord's published OpenAPI document. Its schemas are JSON schemas
// of the 2020 draft and are compiled one request at a time. It can be shared by
// several servers.
type Contract struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema // nil where the document has none
	paths    map[string]map[string]any
}

// contractURL names the document inside the compiler.
const contractURL = "contract:///discord-openapi.json"

// FindContract looks for discord-openapi.json in ../shared/contracts beside the
// root of the repository, starting from the working directory. It reports false
// when the document is not there.
func FindContract() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			p := filepath.Join(dir, "..", "shared", "contracts", "discord-openapi.json")
			_, err := os.Stat(p)
			return p, err == nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}

// LoadContract reads the document.
func LoadContract(path string) (*Contract, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the OpenAPI document: %w", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("the OpenAPI document: %w", err)
	}
	var head struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, fmt.Errorf("the OpenAPI document: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(contractURL, doc); err != nil {
		return nil, fmt.Errorf("the OpenAPI document: %w", err)
	}
	return &Contract{compiler: c, schemas: map[string]*jsonschema.Schema{}, paths: head.Paths}, nil
}

// schema compiles the schema of a request body, or returns nil.
func (c *Contract) schema(method, route string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := method + " " + route
	if s, ok := c.schemas[key]; ok {
		return s, nil
	}
	op, _ := c.paths[route][strings.ToLower(method)].(map[string]any)
	if op["requestBody"] == nil {
		if c.paths[route] == nil {
			return nil, fmt.Errorf("%s is not in the document", route)
		}
		c.schemas[key] = nil
		return nil, nil
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(route)
	s, err := c.compiler.Compile(contractURL + "#/paths/" + escape + "/" + strings.ToLower(method) + "/requestBody/content/application~1json/schema")
	if err != nil {
		return nil, err
	}
	c.schemas[key] = s
	return s, nil
}

// check lists how a body differs from the document, at most 5 points.
func (c *Contract) check(method, route string, body []byte) []string {
	s, err := c.schema(method, route)
	if err != nil {
		return []string{err.Error()}
	}
	if s == nil {
		return nil
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	ve, ok := errors.AsType[*jsonschema.ValidationError](s.Validate(v))
	if !ok {
		return nil
	}
	var out []string
	leaves(ve, &out)
	return out[:min(5, len(out))]
}

// leaves collects the innermost causes, which say what is wrong.
func leaves(e *jsonschema.ValidationError, out *[]string) {
	if len(e.Causes) == 0 {
		p := message.NewPrinter(language.English)
		*out = append(*out, strings.Join(e.InstanceLocation, ".")+": "+e.ErrorKind.LocalizedString(p))
	}
	for _, c := range e.Causes {
		leaves(c, out)
	}
}
