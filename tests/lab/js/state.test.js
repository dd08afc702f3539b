import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, action } from "../../../src/badak/lab/page/js/keys.js";
import { packed, unpacked } from "../../../src/badak/lab/page/js/link.js";
import * as recipes from "../../../src/badak/lab/page/js/recipe.js";

const recipe = {
  data: { kind: "circle", noise: 0.1 },
  network: {
    layers: [{ kind: "dense", units: 4, activation: "tanh" }, { kind: "dense", units: 2, activation: "relu" }],
    output: { units: "auto", activation: "auto" },
  },
  training: { loss: "auto" },
};

test("a state comes back out of a link as it was, Korean too", () => {
  const state = { recipe, title: "죽은 ReLU ≥ 50%", numbers: [0.1, 1e-9] };
  assert.match(packed(state), /^[\w-]+$/);
  assert.deepEqual(unpacked(`#${packed(state)}`), state);
});

test("a fragment that is no state is none", () => {
  for (const fragment of ["", "#", "#hello!", "#bnVsbA", "#WzFd", "#%%%"]) assert.equal(unpacked(fragment), null);
});

test("an edit changes a new recipe and leaves the old one as it was", () => {
  const before = JSON.stringify(recipe);
  const changed = recipes.withValue(recipe, ["data", "noise"], 0.3);
  assert.equal(recipes.valueAt(changed, ["data", "noise"]), 0.3);
  assert.equal(recipes.valueAt(changed, ["data", "held", "2"]), undefined);
  assert.equal(recipes.withValue(recipe, ["data", "held", "2"], 1).data.held[2], 1);
  recipes.addLayer(recipe, 1, "dense");
  recipes.moveLayer(recipe, 0, 1);
  assert.equal(JSON.stringify(recipe), before);
});

test("a new layer is like the one before it", () => {
  const layers = recipes.addLayer(recipe, 2, "dense").network.layers;
  assert.deepEqual(layers[2], { kind: "dense", units: 2, activation: "relu" });
  assert.deepEqual(recipes.addLayer(recipe, 1, "dropout").network.layers[1], { kind: "dropout", rate: 0.2 });
});

test("layers are moved, changed and removed by place", () => {
  const units = (made) => made.network.layers.map((layer) => layer.units);
  assert.deepEqual(units(recipes.moveLayer(recipe, 1, -1)), [2, 4]);
  assert.deepEqual(units(recipes.moveLayer(recipe, 1, 1)), [4, 2]);
  assert.deepEqual(units(recipes.removeLayer(recipe, 0)), [2]);
  assert.deepEqual(units(recipes.setLayer(recipe, 0, { units: 7 })), [7, 2]);
});

test("an activation is a name, one with settings, or a formula", () => {
  const names = ["relu", { name: "elu", alpha: 1 }, { formula: "x" }, undefined].map(recipes.activationName);
  assert.deepEqual(names, ["relu", "elu", "formula", "identity"]);
});

test("output and loss that the task does not ask for are told, part by part", () => {
  const two = { task: "classes", classes: ["a", "b"] };
  assert.deepEqual(recipes.unnatural(recipe, two), []);
  const output = { units: 3, activation: "softmax" };
  const wrong = { ...recipe, network: { ...recipe.network, output }, training: { loss: "hinge" } };
  assert.deepEqual(recipes.unnatural(wrong, two), [
    ["units", 3, 1], ["activation", "softmax", "sigmoid"], ["loss_function", "hinge", "binary_crossentropy"],
  ]);
  const softmax = { ...wrong, network: { ...wrong.network, output: { units: 2, activation: "softmax" } }, training: { loss: "auto" } };
  assert.deepEqual(recipes.unnatural(softmax, two), []);
  const right = { ...recipe, training: { loss: "sparse_categorical_crossentropy" } };
  assert.deepEqual(recipes.unnatural(right, { task: "classes", classes: ["a", "b", "c"] }), []);
  const auto = { units: "auto", activation: "softmax" };
  const table = { ...recipe, network: { ...recipe.network, output: auto } };
  assert.deepEqual(recipes.unnatural(table, two, 2), []);
  assert.deepEqual(recipes.unnatural(table, two, 1), [["activation", "softmax", "sigmoid"]]);
  assert.deepEqual(recipes.natural({ task: "number" }).loss, "mean_squared_error");
});

const pressed = (key, target = { tagName: "BODY" }, more = {}) => action({ key, target, ...more });

test("each key does one thing", () => {
  assert.equal(new Set(KEYS.map(({ key }) => key)).size, KEYS.length);
  assert.equal(pressed(" "), "play");
  assert.equal(pressed("E"), "epoch");
  assert.equal(pressed("x"), null);
});

test("keys typed into a field or with Ctrl are left alone, and Space presses a button", () => {
  assert.equal(pressed("e", { tagName: "INPUT", type: "text" }), null);
  assert.equal(pressed("e", { tagName: "INPUT", type: "range" }), "epoch");
  assert.equal(pressed(" ", { tagName: "BUTTON" }), null);
  assert.equal(pressed(".", { tagName: "BUTTON" }), "step");
  assert.equal(pressed("r", undefined, { ctrlKey: true }), null);
});
