package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.OpenBlock;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.RunLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every journal does; the one of the tests must do it like the others. */
class JournalTest {
    private static final LogRecord RECORD = new LogRecord.Deleted(1, true, 0);

    static Stream<Function<MemoryBudget, Journal>> journals() {
        return Stream.of(MemoryJournal::new, budget -> new HeldJournal(new MemoryJournal(budget)));
    }

    @ParameterizedTest
    @MethodSource("journals")
    void recordsAreCountedFromOne(Function<MemoryBudget, Journal> journals) {
        try (Journal journal = journals.apply(new MemoryBudget(1 << 24))) {
            for (int lsn = 1; lsn <= 100; lsn++) {
                assertThat(journal.stage(RECORD, payload("x".repeat(lsn % 3))).lsn())
                        .isEqualTo(lsn);
                assertThat(journal.durableLsn()).isLessThanOrEqualTo(lsn);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("journals")
    void aPayloadLiesWhereTheJournalSays(Function<MemoryBudget, Journal> journals) {
        Seeds.forEach(20, random -> {
            try (Journal journal = journals.apply(new MemoryBudget(1 << 28))) {
                for (int i = 0; i < 50; i++) {
                    int bytes =
                            random.nextInt(10) == 0 ? random.nextInt(OpenBlock.BLOCK_BYTES * 2) : random.nextInt(99);
                    String text = Character.toString('a' + i % 26).repeat(bytes);
                    Journal.Staged staged = journal.stage(RECORD, payload(text));
                    assertThat(staged.block().memory().toString(staged.position(), bytes, UTF_8))
                            .isEqualTo(text);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("journals")
    void aRecordWithoutRoomIsNotTakenAndTheJournalGoesOn(Function<MemoryBudget, Journal> journals) {
        MemoryBudget budget = new MemoryBudget(2 * OpenBlock.BLOCK_BYTES);
        try (Journal journal = journals.apply(budget)) {
            journal.stage(RECORD, payload("x"));
            String large = "y".repeat(OpenBlock.BLOCK_BYTES + 1);
            assertThatThrownBy(() -> journal.stage(RECORD, payload(large))).isInstanceOf(StorageFullException.class);
            Journal.Staged next = journal.stage(RECORD, payload("z"));
            assertThat(next.lsn()).isEqualTo(2);
            assertThat(next.block().memory().toString(next.position(), 1, UTF_8))
                    .isEqualTo("z");
        }
    }

    @ParameterizedTest
    @MethodSource("journals")
    void aClosedJournalKeepsNoMemory(Function<MemoryBudget, Journal> journals) {
        MemoryBudget budget = new MemoryBudget(1 << 24);
        Journal journal = journals.apply(budget);
        journal.stage(RECORD, payload("x"));
        journal.stage(RECORD, payload("y".repeat(OpenBlock.OWN_BLOCK_BYTES_MIN)));
        assertThat(budget.usedBytes()).isEqualTo(OpenBlock.BLOCK_BYTES + OpenBlock.OWN_BLOCK_BYTES_MIN);
        journal.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void inMemoryARecordIsDurableAtOnce() {
        try (Journal journal = new MemoryJournal(new MemoryBudget(1 << 24))) {
            long lsn = journal.stage(RECORD, payload("x")).lsn();
            assertThat(journal.durableLsn()).isEqualTo(lsn);
        }
    }

    @Test
    void heldRecordsAreDurableOrRefusedWhenTheTestSaysSo() {
        List<String> reported = new ArrayList<>();
        try (HeldJournal journal = new HeldJournal(new MemoryJournal(new MemoryBudget(1 << 24)))) {
            journal.listen(new Journal.Listener() {
                @Override
                public void durable(long lsn) {
                    reported.add("durable " + lsn + "/" + journal.durableLsn());
                }

                @Override
                public void refused(long firstLsn, Refusal refusal) {
                    reported.add("refused " + firstLsn);
                }

                @Override
                public void lost(long firstLsn, Refusal refusal) {
                    reported.add("lost " + firstLsn);
                }

                @Override
                public void failed(StorageFailedException reason) {
                    reported.add("failed");
                }
            });
            for (int i = 0; i < 5; i++) {
                journal.stage(RECORD, Payload.NONE);
            }
            assertThat(journal.durableLsn()).isZero();
            journal.sync(2);
            journal.refuse(4);
            journal.sync(3);
            assertThat(journal.stage(RECORD, Payload.NONE).lsn()).isEqualTo(6);
            journal.sync();
            Journal.Staged lost = journal.stage(RECORD, Payload.NONE);
            journal.lose();
            Journal.Staged again = journal.stage(RECORD, Payload.NONE);
            assertThat(again.lsn()).isEqualTo(lost.lsn()).isEqualTo(7);
            assertThat(again.epoch()).isEqualTo(journal.epoch()).isGreaterThan(lost.epoch());
            journal.sync();
            assertThat(reported)
                    .containsExactly("durable 2/2", "refused 4", "durable 3/3", "durable 6/6", "lost 7", "durable 7/7");
            assertThatThrownBy(() -> journal.refuse(7)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> journal.sync(8)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Payload payload(String text) {
        return Payload.of(Unpooled.copiedBuffer(text, UTF_8), null, RunLimits.ANY, 0, 0);
    }
}
