// Judges an audit log with golang.org/x/mod: sumdb/note opens its checkpoint, sumdb/tlog its records, tiles and proofs.
// Knows docs/spec/audit.md and nothing of the program.
//
//	auditpeer check DIR VKEY          exit 0: everything holds
//	auditpeer proof FILE VKEY         a .tlog-proof with the record in it
//	auditpeer make DIR ORIGIN COUNT   writes a log in C2SP's layout; prints its verifier key
//	auditpeer sumdb DIR ORIGIN COUNT  the same in the layout of Go's checksum database
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// openCheckpoint verifies a checkpoint and returns its state.
func openCheckpoint(text []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this origin")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: hash}, err
}

// storage keeps all hashes of a log as tlog numbers them.
type storage []tlog.Hash

func (s storage) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, errors.New("no such hash")
		}
		out[i] = s[index]
	}
	return out, nil
}

func (s *storage) add(record []byte, index int64) error {
	hashes, err := tlog.StoredHashes(index, record, *s)
	*s = append(*s, hashes...)
	return err
}

// tiles reads a folder in the layout of tlog-tiles, whose paths leave the height out.
type tiles string

func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

func (dir tiles) Height() int { return tileHeight }
func (dir tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(list))
	for i, tile := range list {
		data, err := os.ReadFile(filepath.Join(string(dir), tilePath(tile)))
		if err != nil {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}
func (dir tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func readLines(dir string) ([][]byte, error) {
	names, err := filepath.Glob(filepath.Join(dir, "log.*.jsonl"))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var lines [][]byte
	for _, name := range append(names, filepath.Join(dir, "log.jsonl")) {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		data = bytes.TrimSuffix(data, []byte("\n"))
		lines = append(lines, bytes.Split(data, []byte("\n"))...)
	}
	return lines, nil
}

func check(dir, vkey string) error {
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(text, vkey)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	lines, err := readLines(dir)
	if err != nil {
		return err
	}
	if int64(len(lines)) < tree.N {
		return fmt.Errorf("%d records, the checkpoint covers %d", len(lines), tree.N)
	}
	var hashes storage
	for i, line := range lines[:tree.N] {
		var record struct {
			Seq *int64 `json:"seq"`
		}
		if err := json.Unmarshal(line, &record); err != nil || record.Seq == nil || *record.Seq != int64(i) {
			return fmt.Errorf("record %d: not numbered so (%v)", i, err)
		}
		if err := hashes.add(line, int64(i)); err != nil {
			return err
		}
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil || root != tree.Hash {
		return fmt.Errorf("records lead to %v, the checkpoint says %v (%v)", root, tree.Hash, err)
	}
	// The tiles: TileHashReader authenticates each against the tree.
	reader := tlog.TileHashReader(tree, tiles(dir))
	for i := int64(0); i < tree.N; i++ {
		proof, err := tlog.ProveRecord(tree.N, i, reader)
		if err != nil {
			return fmt.Errorf("tiles, record %d: %w", i, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, tlog.RecordHash(lines[i])); err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	return checkHeartbeats(lines[:tree.N], vkey, tree, reader)
}

// checkHeartbeats: each state that was signed before is the beginning of this one.
func checkHeartbeats(lines [][]byte, vkey string, tree tlog.Tree, reader tlog.HashReader) error {
	for i, line := range lines {
		var record struct{ Type, Checkpoint string }
		if err := json.Unmarshal(line, &record); err != nil || record.Type != "heartbeat" {
			continue
		}
		older, err := openCheckpoint([]byte(record.Checkpoint), vkey)
		if err != nil {
			return fmt.Errorf("heartbeat %d: %w", i, err)
		}
		proof, err := tlog.ProveTree(tree.N, older.N, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
			return fmt.Errorf("heartbeat %d: %w", i, err)
		}
	}
	return nil
}

func checkProof(file, vkey string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, checkpoint, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof")
	}
	record, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	tree, err := openCheckpoint([]byte(checkpoint), vkey)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(record))
}

func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

// makeLog writes a log as another program would.
// layout is where a log keeps its files.
type layout struct {
	checkpoint string
	hashes     func(tlog.Tile) string
	entries    func(tlog.Tile) string
	format     func(index int64, entry []byte) ([]byte, error)
}

var tlogTiles = layout{
	checkpoint: "checkpoint",
	hashes:     tilePath,
	entries:    func(tile tlog.Tile) string { return strings.Replace(tilePath(tile), "tile/0/", "tile/entries/", 1) },
	format: func(index int64, entry []byte) ([]byte, error) {
		return append([]byte{byte(len(entry) >> 8), byte(len(entry))}, entry...), nil
	},
}

var sumdb = layout{
	checkpoint: "latest",
	hashes:     tlog.Tile.Path,
	entries:    func(tile tlog.Tile) string { tile.L = -1; return tile.Path() },
	format:     tlog.FormatRecord,
}

func makeLog(dir, origin string, count int64, to layout) error {
	var hashes storage
	bundles := map[string][]byte{}
	for i := int64(0); i < count; i++ {
		entry := []byte(fmt.Sprintf("entry %d of another log\nand its second line\n", i))
		if err := hashes.add(entry, i); err != nil {
			return err
		}
		tile := tlog.Tile{H: tileHeight, L: 0, N: i / 256, W: int(min(256, count-i/256*256))}
		formatted, err := to.format(i, entry)
		if err != nil {
			return err
		}
		path := to.entries(tile)
		bundles[path] = append(bundles[path], formatted...)
	}
	for path, data := range bundles {
		if err := write(filepath.Join(dir, path), data); err != nil {
			return err
		}
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, count) {
		data, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(dir, to.hashes(tile)), data); err != nil {
			return err
		}
	}
	root, err := tlog.TreeHash(count, hashes)
	if err != nil {
		return err
	}
	secret, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, count, root)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return err
	}
	fmt.Println(public)
	return write(filepath.Join(dir, to.checkpoint), signed)
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "check":
		return check(args[1], args[2])
	case len(args) == 3 && args[0] == "proof":
		return checkProof(args[1], args[2])
	case len(args) == 4 && (args[0] == "make" || args[0] == "sumdb"):
		count, err := strconv.ParseInt(args[3], 10, 64)
		if err != nil {
			return err
		}
		to := tlogTiles
		if args[0] == "sumdb" {
			to = sumdb
		}
		return makeLog(args[1], args[2], count, to)
	}
	return errors.New("check DIR VKEY | proof FILE VKEY | make|sumdb DIR ORIGIN COUNT")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
