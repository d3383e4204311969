// ODK Web Forms as a process: one JSON request a line on standard input, one JSON answer a line on standard output.
//
//   {"load": name, "xform": text, "files": {name: text}, "now": instant}   -> {} or {"refused": why}
//   {"play": name, "steps": [[verb, ...], ...]}                            -> {"states": [state, ...]}
//   {"time": name, "steps": [...], "rounds": n}                            -> {"load_ms", "begin_ms", "answer_ms"}
//
// A state is {"nodes": {path: [relevant, required, readonly, value, rule, label, hint, choices]}, "counts": {path: n}}.
import { createInterface } from 'node:readline';
import { JSDOM } from 'jsdom';

const RealDate = Date;
let clock = RealDate.now();
globalThis.Date = class extends RealDate {
	constructor(...parts) {
		super(...(parts.length === 0 ? [clock] : parts));
	}
	static now() {
		return clock;
	}
};

const { window } = new JSDOM();
for (const name of ['DOMParser', 'XMLSerializer', 'Node', 'Element', 'Attr', 'Text', 'XMLDocument', 'Document', 'document',
	'NodeFilter', 'XPathResult', 'HTMLElement', 'CDATASection', 'Comment', 'ProcessingInstruction']) {
	globalThis[name] ??= window[name];
}
// Its XPath parser looks for the directory of its script, though everything it reads is inlined.
globalThis.__dirname ??= '';
const { loadForm } = await import('@getodk/xforms-engine');

const forms = new Map();

async function load({ load: name, xform, files, now }) {
	clock = RealDate.parse(now);
	const attachment = async (url) => {
		const file = files[String(url).split('/').at(-1)];
		return file === undefined
			? new Response('', { status: 404 })
			: new Response(file, { headers: { 'content-type': 'text/csv' } });
	};
	const form = await loadForm(xform, { fetchFormAttachment: attachment, missingResourceBehavior: 'BLANK' });
	if (form.status === 'failure') {
		return { refused: String(form.error?.message ?? form.error).split('\n')[0] };
	}
	forms.set(name, { form, again: () => loadForm(xform, { fetchFormAttachment: attachment, missingResourceBehavior: 'BLANK' }) });
	return {};
}

// -- walking ---------------------------------------------------------------------------------------------------------

function* walk(node) {
	for (const child of node.currentState.children ?? []) {
		yield child;
		yield* walk(child);
	}
}

function find(root, path) {
	for (const node of walk(root)) {
		if (node.currentState.reference === path && node.nodeType !== 'repeat-instance') {
			return node;
		}
	}
	throw new Error(`no node ${path}`);
}

function text(range) {
	return range == null ? '' : range.asString;
}

function describe(node) {
	const state = node.currentState;
	const choices = (state.valueOptions ?? []).map((option) => [option.value, text(option.label)]);
	const value = state.instanceValue ?? '';
	const rule = node.validationState.violation?.condition ?? null;
	return [state.relevant, state.required, state.readonly, value, rule, text(state.label), text(state.hint), choices];
}

function snapshot(root) {
	const nodes = {};
	const counts = {};
	for (const node of walk(root)) {
		if (node.nodeType.startsWith('repeat-range')) {
			counts[node.currentState.reference] = node.currentState.children.length;
		} else {
			nodes[node.currentState.reference] = describe(node);
		}
	}
	return { nodes, counts };
}

// -- answering -------------------------------------------------------------------------------------------------------

function put(node, value) {
	const values = value.split(' ').filter((name) => name !== '');
	switch (node.nodeType) {
		case 'select':
			return node.selectType === 'select' ? node.selectValues(values) : node.selectValue(value === '' ? null : value);
		case 'rank':
			return node.setValues(values);
		case 'trigger':
			return node.setValue(value === 'OK');
		default:
			return node.setValue(value === '' && node.valueType !== 'string' ? null : value);
	}
}

const VERBS = {
	set: (root, path, value) => put(find(root, path), value),
	add: (root, path) => find(root, path).addInstances(),
	remove: (root, path) => {
		const [, range, position] = /^(.*)\[(\d+)\]$/.exec(path);
		find(root, range).removeInstances(Number(position) - 1);
	},
	language: (root, _path, name) => {
		root.setLanguage(root.languages.find((known) => known.language === name));
	},
};

function play({ play: name, steps }) {
	const { root } = forms.get(name).form.createInstance();
	const states = [snapshot(root)];
	for (const [verb, path, value] of steps) {
		try {
			VERBS[verb](root, path, value);
			states.push(snapshot(root));
		} catch (error) {
			states.push({ failed: String(error?.message ?? error) });
			break;
		}
	}
	return { states };
}

// -- measuring -------------------------------------------------------------------------------------------------------

function median(numbers) {
	return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

async function time({ time: name, steps, rounds }) {
	const loads = [];
	const begins = [];
	const answers = [];
	for (let round = 0; round < rounds; round += 1) {
		const start = performance.now();
		const form = await forms.get(name).again();
		const loaded = performance.now();
		const { root } = form.createInstance();
		begins.push(performance.now() - loaded);
		loads.push(loaded - start);
		for (const [, path, value] of steps) {
			const node = find(root, path);
			const before = performance.now();
			put(node, value);
			void root.validationState.violations.length;
			answers.push(performance.now() - before);
		}
	}
	return { load_ms: median(loads), begin_ms: median(begins), answer_ms: median(answers) };
}

async function answer(request) {
	if ('load' in request) {
		return load(request);
	}
	return 'play' in request ? play(request) : time(request);
}

for await (const line of createInterface({ input: process.stdin })) {
	let reply;
	try {
		reply = await answer(JSON.parse(line));
	} catch (error) {
		reply = { refused: String(error?.stack ?? error) };
	}
	process.stdout.write(`${JSON.stringify(reply)}\n`);
}
