package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.storage.memory.OpenBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A store against a model that is nothing but a list of records: what is staged is the sum of all of them, what readers
 * see the sum of those that are durable. Faults: records become durable late and in parts, a batch is refused with all
 * that is behind it, the journal has no room. After each step all streams are compared, and every answer that came.
 */
class ShardStoreRandomTest {
    private static final int STEPS = 150;
    private static final int PATHS = 4;

    @Test
    void aStoreIsTheSumOfItsRecords() {
        Map<String, Integer> words = new HashMap<>();
        Seeds.forEach(400, random -> {
            try (TestStore test = new TestStore()) {
                Simulation simulation = new Simulation(test, random);
                for (int step = 0; step < STEPS; step++) {
                    simulation.step();
                    simulation.check();
                }
                simulation.end();
                simulation.words.forEach((word, count) -> words.merge(word, count, Integer::sum));
            }
        });
        assertThat(words.keySet())
                .contains(
                        "created",
                        "existed",
                        "wrote",
                        "kept",
                        "wrote closed",
                        "kept closed",
                        "deleted",
                        "deleted again",
                        "stream_not_found",
                        "stream_exists",
                        "stream_closed",
                        "stale_producer_epoch",
                        "producer_sequence_gap",
                        "invalid_producer",
                        "sequence_regression",
                        "storage_full");
    }

    /** What a stream is, as far as the model knows. */
    private static final class Model {
        long createdLsn;
        String text = "";
        boolean closed;
        Producer closedBy;
        String seq;
        final Map<String, Producer> producers = new HashMap<>();
    }

    /** What a record does to the streams. */
    private interface Change {
        void to(Map<String, Model> streams);
    }

    /**
     * A record.
     *
     * @param deletion the answer of a deletion that is decided again where it is refused with other records, else null
     * @param deletes the record that created what a deletion deletes, else 0
     */
    private record Entry(long lsn, String path, Change change, Answer deletion, long deletes) {}

    /**
     * An answer that must come: no sooner than {@code needs} is durable. An answer that waits behind a batch which is
     * refused may be refused with it, even if it speaks of no part of it.
     */
    private record Expected(String word, long needs, Answer answer) {}

    private static final class Simulation {
        private final TestStore test;
        private final Random random;
        private final List<Entry> records = new ArrayList<>();
        private final List<Expected> open = new ArrayList<>();
        final Map<String, Integer> words = new HashMap<>();
        private boolean full;

        Simulation(TestStore test, Random random) {
            this.test = test;
            this.random = random;
        }

        void step() {
            String path = "s" + random.nextInt(PATHS);
            switch (random.nextInt(16)) {
                case 0, 1 -> create(path);
                case 2 -> delete(path);
                case 3, 4 -> sync();
                case 5 -> refuse();
                case 6 -> {
                    full = random.nextInt(4) == 0;
                    test.journal.full(full);
                }
                case 7 -> test.store.checkpointAndCompact();
                default -> append(path);
            }
        }

        private Map<String, Model> sum(long lsn) {
            Map<String, Model> streams = new HashMap<>();
            for (Entry record : records) {
                if (record.lsn() <= lsn) {
                    record.change().to(streams);
                }
            }
            return streams;
        }

        private void create(String path) {
            boolean closed = random.nextInt(6) == 0;
            String text = random.nextBoolean() ? "" : anyText();
            CreateRequest request = CreateRequest.at(path).text(text);
            Answer answer = test.create(closed ? request.closed() : request);
            long lsn = test.journal.lastLsn();
            Model stream = sum(Long.MAX_VALUE).get(path);
            if (stream != null) {
                expect(path, stream.closed == closed ? "existed" : "stream_exists", answer);
            } else {
                record(path, "created", answer, streams -> {
                    Model created = new Model();
                    created.createdLsn = lsn;
                    created.text = text;
                    created.closed = closed;
                    streams.put(path, created);
                });
            }
        }

        private void delete(String path) {
            Answer answer = test.delete(path);
            if (sum(Long.MAX_VALUE).get(path) == null) {
                expect(path, "stream_not_found", answer);
            } else {
                record(path, "deleted", answer, streams -> streams.remove(path));
            }
        }

        private void append(String path) {
            boolean close = random.nextInt(12) == 0;
            String text = close && random.nextBoolean() ? "" : anyText();
            Producer producer =
                    random.nextBoolean() ? anyProducer(sum(Long.MAX_VALUE).get(path)) : null;
            String seq = random.nextInt(4) == 0 ? Integer.toString(random.nextInt(100)) : null;
            AppendRequest request = AppendRequest.to(path).text(text).seq(seq);
            if (producer != null) {
                request.by(producer.id(), producer.epoch(), producer.seq());
            }
            Answer answer = test.append(close ? request.close() : request);
            Model stream = sum(Long.MAX_VALUE).get(path);
            String mistake = answerWithoutRecord(stream, text, close, producer, seq);
            if (mistake != null) {
                expect(path, mistake, answer);
                return;
            }
            String word = (text.isEmpty() ? "kept" : "wrote") + (close ? " closed" : "");
            record(path, word, answer, streams -> {
                Model changed = streams.get(path);
                changed.text += text;
                changed.closed = close;
                changed.closedBy = close ? producer : null;
                changed.seq = seq == null ? changed.seq : seq;
                if (producer != null) {
                    changed.producers.put(producer.id(), producer);
                }
            });
        }

        private static String answerWithoutRecord(
                Model stream, String text, boolean close, Producer producer, String seq) {
            if (stream == null) {
                return "stream_not_found";
            }
            if (stream.closed) {
                boolean again = producer == null ? close && text.isEmpty() : producer.equals(stream.closedBy);
                return again ? "kept closed" : "stream_closed";
            }
            Producer last = producer == null ? null : stream.producers.get(producer.id());
            if (producer != null && (last == null || producer.epoch() != last.epoch())) {
                if (last != null && producer.epoch() < last.epoch()) {
                    return "stale_producer_epoch";
                }
                if (producer.seq() != 0) {
                    return last == null ? "producer_sequence_gap" : "invalid_producer";
                }
            } else if (producer != null && producer.seq() != last.seq() + 1) {
                return producer.seq() <= last.seq() ? "kept" : "producer_sequence_gap";
            }
            return seq != null && stream.seq != null && seq.compareTo(stream.seq) <= 0 ? "sequence_regression" : null;
        }

        private Producer anyProducer(Model stream) {
            String id = "p" + random.nextInt(3);
            Producer last = stream == null ? null : stream.producers.get(id);
            if (last == null) {
                return new Producer(id, random.nextInt(3), random.nextInt(6) == 0 ? 1 : 0);
            }
            return switch (random.nextInt(8)) {
                case 0 -> last;
                case 1 -> new Producer(id, last.epoch() + 1, random.nextInt(2));
                case 2 -> new Producer(id, Math.max(0, last.epoch() - 1), 0);
                case 3 -> new Producer(id, last.epoch(), last.seq() + 2);
                default -> new Producer(id, last.epoch(), last.seq() + 1);
            };
        }

        private String anyText() {
            return Character.toString('a' + random.nextInt(26))
                    .repeat(1 + random.nextInt(random.nextInt(9) == 0 ? 900 : 5));
        }

        private void record(String path, String word, Answer answer, Change change) {
            if (full) {
                expect(path, "storage_full", answer);
                assertThat(answer.isThere())
                        .as("a record without room is refused at once")
                        .isTrue();
                return;
            }
            boolean deletes = word.equals("deleted");
            long deleted = deletes ? sum(Long.MAX_VALUE).get(path).createdLsn : 0;
            records.add(new Entry(test.journal.lastLsn(), path, change, deletes ? answer : null, deleted));
            expect(path, word, answer);
        }

        private void expect(String path, String word, Answer answer) {
            boolean atOnce = word.equals("storage_full");
            open.add(new Expected(word, atOnce ? 0 : lastLsn(path), answer));
        }

        private long lastLsn(String path) {
            return records.stream()
                    .filter(record -> record.path().equals(path))
                    .mapToLong(Entry::lsn)
                    .max()
                    .orElse(0);
        }

        private void sync() {
            long durable = test.journal.durableLsn();
            test.journal.sync(durable + random.nextLong(test.journal.lastLsn() - durable + 1));
        }

        private void refuse() {
            long durable = test.journal.durableLsn();
            long first = durable + 1 + random.nextLong(test.journal.lastLsn() - durable + 1);
            List<Expected> again = new ArrayList<>();
            List<Entry> undone =
                    records.stream().filter(record -> record.lsn() >= first).toList();
            records.removeAll(undone);
            long next = test.journal.lastLsn();
            test.journal.refuse(first);
            for (Entry entry : undone) {
                next = decidedAgain(entry, next, again);
            }
            assertThat(test.journal.lastLsn()).isEqualTo(next);
            open.addAll(again);
            for (Expected expected : List.copyOf(open)) {
                if (expected.needs() >= first && !again.contains(expected)) {
                    assertThat(expected.answer().word()).isEqualTo("storage_full");
                    words.merge("storage_full", 1, Integer::sum);
                    open.remove(expected);
                }
            }
        }

        /**
         * What becomes of a record that was undone: a deletion is staged again if there is still what it deletes, and
         * refused if there is another stream.
         */
        private long decidedAgain(Entry entry, long lastLsn, List<Expected> again) {
            Answer answer = entry.deletion();
            if (answer == null) {
                return lastLsn;
            }
            open.removeIf(expected -> expected.answer().equals(answer));
            Model stream = sum(Long.MAX_VALUE).get(entry.path());
            if (stream == null) {
                again.add(new Expected("stream_not_found", lastLsn(entry.path()), answer));
                return lastLsn;
            }
            if (full || stream.createdLsn != entry.deletes()) {
                again.add(new Expected("storage_full", 0, answer));
                return lastLsn;
            }
            records.add(new Entry(lastLsn + 1, entry.path(), entry.change(), null, entry.deletes()));
            again.add(new Expected("deleted", lastLsn + 1, answer));
            words.merge("deleted again", 1, Integer::sum);
            return lastLsn + 1;
        }

        void check() {
            long durable = test.journal.durableLsn();
            for (Expected expected : List.copyOf(open)) {
                if (!expected.answer().isThere()) {
                    continue;
                }
                String word = expected.answer().word();
                if (!word.equals("storage_full")) {
                    assertThat(word).isEqualTo(expected.word());
                    assertThat(durable).as("answered " + word).isGreaterThanOrEqualTo(expected.needs());
                }
                words.merge(word, 1, Integer::sum);
                open.remove(expected);
            }
            Map<String, Model> visible = sum(durable);
            for (int i = 0; i < PATHS; i++) {
                checkVisible("s" + i, visible.get("s" + i));
            }
        }

        private void checkVisible(String path, Model stream) {
            if (stream == null) {
                assertThat(test.absence(path)).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
            } else {
                assertThat(test.text(path)).isEqualTo(stream.text);
                assertThat(test.open(path).isDurablyClosed()).isEqualTo(stream.closed);
                assertThat(test.open(path).info().tail().position()).isEqualTo(stream.text.length());
            }
        }

        void end() {
            full = false;
            test.journal.full(false);
            test.journal.sync();
            check();
            assertThat(open).as("answers that never came").isEmpty();
            for (int i = 0; i < PATHS; i++) {
                delete("s" + i);
            }
            test.journal.sync();
            check();
            assertThat(test.store.streamCount()).isZero();
            assertThat(test.budget.usedBytes()).isLessThanOrEqualTo(2L * OpenBlock.BLOCK_BYTES);
        }
    }
}
