"""A form for a rule or a reward, drawn from its catalogue entry alone; filled in, and read as the API's input.

It knows the types of parameters that the catalogue's description names, and no rule or reward.
"""

import copy
from collections.abc import Mapping
from typing import Any  # catalogue entries and inputs are JSON
from xml.etree.ElementTree import Element, SubElement, tostring

Entry = Mapping[str, Any]
PLAIN = {"text": "text", "decimal": "text", "whole number": "number"}


class Form:
    """The fields of one entry; `kinds` are the units that may stand inside, by the type that asks for them."""

    def __init__(self, entry: Entry, kinds: Mapping[str, Mapping[str, Entry]]) -> None:
        self.kinds = kinds
        self.name = entry["inputName"]
        self.root = Element("form", name=self.name)
        SubElement(self.root, "p").text = entry["sentence"]
        for parameter in entry["parameters"]:
            self._draw(self.root, parameter)

    @property
    def html(self) -> str:
        """The form as a browser takes it."""
        return tostring(self.root, "unicode", method="html")

    def fill(self, values: Mapping[str, Any]) -> None:
        """Enter the parameters' values."""
        self._fill_all(self.root, values)

    def read(self) -> dict[str, Any]:
        """What was entered, as a RuleInput or RewardInput."""
        return {self.name: self._read_all(self.root)}

    def _draw(self, parent: Element, parameter: Entry) -> None:
        label = SubElement(parent, "label", name=parameter["name"], title=parameter["description"])
        label.set("required", str(parameter["required"]).lower())
        label.text = f"{parameter['name']} ({parameter['unit']})" if parameter["unit"] else parameter["name"]
        of_many = parameter["type"].startswith("list of ")
        if of_many:
            listed = SubElement(label, "ol")
            self._draw_one(SubElement(listed, "template"), parameter, _one_of(parameter["type"]))
        else:
            self._draw_one(label, parameter, parameter["type"])

    def _draw_one(self, parent: Element, parameter: Entry, kind: str) -> None:
        if parameter["choices"]:
            choose = SubElement(parent, "select")
            for choice in parameter["choices"]:
                SubElement(choose, "option", value=choice["value"]).text = choice["description"]
        elif parameter.get("parts"):
            inner = SubElement(parent, "fieldset")
            for part in parameter["parts"]:
                self._draw(inner, part)
        elif kind in self.kinds:
            choose = SubElement(parent, "select", {"class": kind})
            for name, entry in self.kinds[kind].items():
                SubElement(choose, "option", value=name).text = entry["sentence"]
        elif kind == "money":
            SubElement(parent, "input", type="text", name="amount")
            SubElement(parent, "input", type="text", name="currency")
        elif kind in PLAIN or kind.endswith(" id"):
            SubElement(parent, "input", type=PLAIN.get(kind, "text"))
        else:
            raise AssertionError(f"no form can be drawn for {kind!r}: the catalogue does not say what it is")

    def _fill_all(self, parent: Element, values: Mapping[str, Any]) -> None:
        labels = {label.get("name"): label for label in parent.findall("label")}
        for name, value in values.items():
            label = labels[name]
            if (listed := label.find("ol")) is None:
                self._fill_one(label, value)
                continue
            template = listed.find("template")
            assert template is not None
            for item in value:
                place = SubElement(listed, "li")
                place.extend(copy.deepcopy(list(template)))
                self._fill_one(place, item)

    def _fill_one(self, parent: Element, value: Any) -> None:
        if (choose := parent.find("select")) is not None:
            kind = choose.get("class")
            [word] = value if kind else [value]
            assert word in {option.get("value") for option in choose.findall("option")}
            choose.set("value", word)
            if kind:
                inner = Form(self.kinds[kind][word], self.kinds)
                inner.fill(value[word])
                parent.append(inner.root)
        elif (fieldset := parent.find("fieldset")) is not None:
            self._fill_all(fieldset, value)
        else:
            for field in parent.findall("input"):
                name = field.get("name")
                field.set("value", str(value[name] if name else value))

    def _read_all(self, parent: Element) -> dict[str, Any]:
        found = {}
        for label in parent.findall("label"):
            name, listed = label.get("name") or "", label.find("ol")
            value = (
                self._read_one(label)
                if listed is None
                else [self._read_one(item) for item in listed.findall("li")]
            )
            if value not in (None, [], {}) or label.get("required") == "true":
                found[name] = value
        return found

    def _read_one(self, parent: Element) -> Any:
        if (choose := parent.find("select")) is not None:
            inner = parent.find("form")
            return choose.get("value") if inner is None else {choose.get("value"): self._read_all(inner)}
        if (fieldset := parent.find("fieldset")) is not None:
            return self._read_all(fieldset)
        fields = parent.findall("input")
        if len(fields) > 1:
            return (
                {field.get("name"): field.get("value") for field in fields}
                if fields[0].get("value")
                else None
            )
        [field] = fields
        value = field.get("value")
        return int(value) if value and field.get("type") == "number" else value


def _one_of(many: str) -> str:
    """What one item of the list is called: the catalogue speaks of `list of texts`."""
    return many.removeprefix("list of ").removesuffix("s")
