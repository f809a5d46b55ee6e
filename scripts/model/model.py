"""Reads a model file and scores with it. The reference for lib/rules/instruction/instruction_scorer.cpp."""
import features
from normal import normal, normal_tool

MIXED_LANGUAGE_POINTS = 384
QUOTED_POINTS = -640
PART_POINTS = -128  # of a part of a clause, which lost words that may have spoken for it


class Model:
    def __init__(self, path):
        self.header, self.sections = {}, {}
        with open(path, encoding="utf-8") as file:
            for line in file:
                line = line.rstrip("\n")
                if line.startswith("#"):
                    key, value = line[1:].split("\t")
                    self.header[key] = value
                elif line.startswith("["):
                    current = self.sections.setdefault(line[1:-1], {})
                else:
                    key, value = line.rsplit("\t", 1)
                    current[key] = int(value)
        self.tool, self.text_weights = self.sections["tool"], self.sections["text"]
        self.tool_threshold, self.text_threshold = int(self.header["threshold.tool"]), int(self.header["threshold.text"])
        self.tool_bias, self.text_bias = int(self.header["bias.tool"]), int(self.header["bias.text"])

    def vocabulary(self, key):
        return self.sections["vocab"].get(key, 0)

    def clause_score(self, clause):
        score = self.tool_bias + sum(self.tool.get(key, 0) for key in clause.features)
        if clause.part:
            score += PART_POINTS
        if "illus" in clause.classes:
            return score + QUOTED_POINTS
        if clause.part:
            return score
        distinct = sum(1 for key in clause.features if key.startswith("w:"))
        if "langmix" in clause.classes and clause.kind == "desc" and distinct >= 5:
            return score + MIXED_LANGUAGE_POINTS
        return score

    def tool_clauses(self, tool):
        return features.tool_clauses(normal_tool(tool), self.vocabulary)

    def tool_score(self, tool):
        """-> (highest score of a clause, that clause), or None for a tool without text"""
        scored = [(self.clause_score(clause), clause) for clause in self.tool_clauses(tool)]
        return max(scored, key=lambda pair: pair[0]) if scored else None

    def text_score(self, text):
        return self.text_bias + sum(self.text_weights.get(key, 0) for key in features.text_features(normal(text)))
