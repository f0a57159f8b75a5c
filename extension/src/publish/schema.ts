/** Fields of a form out of the JSON schema of the metadata, whatever keys it has. */

type Json = Record<string, unknown>;

/** Kinds of controls. */
export type FieldKind = 'text' | 'long' | 'integer' | 'number' | 'boolean' | 'date' | 'choice' | 'table';

/** One key of the metadata, as the form shows it. */
export interface SchemaField {
  key: string;
  kind: FieldKind;
  required: boolean;
  /** Whether it should be said although it may be left out. */
  asked: boolean;
  description: string | null;
  /** What may be chosen. */
  options: readonly string[];
  pattern: string | null;
  minimum: number | null;
  maximum: number | null;
  maxLength: number | null;
  /** Columns of a table: a list of objects. */
  columns: readonly SchemaField[];
}

/** Texts that are written in a box of several lines. */
const LONG = ['description', 'citation'];

/** The fields of an object's schema: those that are needed first, then those that are asked for, else in the schema's own order. */
export function fieldsOf(schema: Json): SchemaField[] {
  return fieldsIn(schema, schema);
}

/** The pattern that further keys must fit; null where the schema takes none. */
export function furtherKeys(schema: Json): string | null {
  if (schema.additionalProperties === false) {
    return null;
  }
  return textOr(objectOr(schema.propertyNames).pattern) ?? '';
}

function fieldsIn(schema: Json, root: Json): SchemaField[] {
  const [required, asked] = [schema.required, schema['x-asked']].map(keys => (Array.isArray(keys) ? keys : []));
  const fields = Object.entries(objectOr(schema.properties))
    .map(([key, rules]) => {
      const field = fieldOf(key, resolved(objectOr(rules), root), root);
      return field && { ...field, required: required.includes(key), asked: asked.includes(key) };
    })
    .filter((field): field is SchemaField => field !== null);
  return fields.sort((a, b) => rank(a) - rank(b));
}

function rank({ required, asked }: SchemaField): number {
  return required ? 0 : asked ? 1 : 2;
}

/** Null where the form has no control for such values: they can be written from Python. */
function fieldOf(key: string, rules: Json, root: Json): Omit<SchemaField, 'required' | 'asked'> | null {
  const kind = kindOf(key, rules, root);
  return (
    kind && {
      key,
      kind,
      description: textOr(rules.description),
      options: Array.isArray(rules.enum) ? rules.enum.map(String) : [],
      pattern: textOr(rules.pattern),
      minimum: numberOr(rules.minimum),
      maximum: numberOr(rules.maximum),
      maxLength: numberOr(rules.maxLength),
      columns: kind === 'table' ? fieldsIn(resolved(objectOr(rules.items), root), root) : []
    }
  );
}

function kindOf(key: string, rules: Json, root: Json): FieldKind | null {
  if (Array.isArray(rules.enum)) {
    return rules.enum.every(value => typeof value === 'string') ? 'choice' : null;
  }
  switch (rules.type) {
    case 'string':
      return rules.format === 'date' ? 'date' : LONG.includes(key) ? 'long' : 'text';
    case 'integer':
    case 'number':
    case 'boolean':
      return rules.type;
    case 'array':
      return resolved(objectOr(rules.items), root).type === 'object' ? 'table' : null;
    default:
      return null;
  }
}

/** Rules with what they refer to inside the schema. */
function resolved(rules: Json, root: Json): Json {
  const name = textOr(rules.$ref)?.match(/^#\/\$defs\/([^/]+)$/)?.[1];
  return name ? { ...objectOr(objectOr(root.$defs)[name]), ...rules } : rules;
}

function objectOr(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOr(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
