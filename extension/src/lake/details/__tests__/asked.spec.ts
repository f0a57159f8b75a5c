import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LakeError } from '../../../api/error';
import { Asked } from '../asked';

const settled = () => new Promise(resolve => setImmediate(resolve));

test('a question is asked when it is first looked at, and once', async () => {
  let asked = 0;
  const question = new Asked(
    async () => ++asked,
    () => undefined
  );
  assert.equal(asked, 0);
  question.look();
  question.look();
  await settled();
  assert.deepEqual([asked, question.value], [1, 1]);
});

test('the answer to an earlier question never comes after the later one', async () => {
  const answers: ((value: string) => void)[] = [];
  const question = new Asked(
    () => new Promise<string>(resolve => answers.push(resolve)),
    () => undefined
  );
  question.look();
  void question.ask();
  answers[1]('later');
  await settled();
  answers[0]('earlier');
  await settled();
  assert.equal(question.value, 'later');
});

test('a failure is kept for the eyes, until another try succeeds', async () => {
  let fails = true;
  const question = new Asked(
    async () => {
      if (fails) {
        throw new LakeError('NotInLake', 'a:x is not in the lake');
      }
      return 'here';
    },
    () => undefined
  );
  await question.ask();
  assert.equal(question.error?.message, 'a:x is not in the lake');
  fails = false;
  await question.ask();
  assert.deepEqual([question.error, question.value], [null, 'here']);
});
