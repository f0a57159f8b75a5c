/** What the forms about rules share: what is typed, what is wrong with it, and the sending. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Buttons } from '../forms/buttons';
import { useSubmission } from '../forms/submission';

/** What was typed, by field. */
type Typed<F extends string> = Record<F, string>;

/** What a field of the form is given. */
interface FieldProps {
  value: string;
  error: string | null;
  change: (value: string) => void;
}

interface RuleFormProps<F extends string> {
  initial: Typed<F>;
  /** What is wrong with what was typed; the lake judges the rest. */
  faultsOf?: (typed: Typed<F>) => Partial<Typed<F>>;
  send: (typed: Typed<F>) => Promise<unknown>;
  label: string;
  busyText?: string;
  danger?: boolean;
  cancel: () => void;
  trans: TranslationBundle;
  children: (field: (name: F) => FieldProps) => React.ReactNode;
}

/** Faults show once it was sent, until they are mended; a refusal until its field changes. */
export function RuleForm<F extends string>(props: RuleFormProps<F>): React.ReactElement {
  const { initial, faultsOf = () => ({}), send, children, ...buttons } = props;
  const [typed, setTyped] = React.useState(initial);
  const [tries, setTries] = React.useState(0);
  const sending = useSubmission();
  const box = React.useRef<HTMLFormElement>(null);
  React.useEffect(() => box.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [tries, sending.error]);
  const faults: Partial<Typed<F>> = faultsOf(typed);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setTries(tries + 1);
    if (Object.keys(faults).length === 0) {
      void sending.run(() => send(typed));
    }
  };
  const field = (name: F) => ({
    value: typed[name],
    error: (tries > 0 ? faults[name] : null) ?? sending.at(name),
    change: (value: string) => {
      sending.corrected(name);
      setTyped(before => ({ ...before, [name]: value }));
    }
  });
  return (
    <form className="vre-form" onSubmit={submit} noValidate ref={box}>
      {children(field)}
      <Buttons {...buttons} busy={sending.busy} refused={sending.elsewhere(Object.keys(typed))} />
    </form>
  );
}
