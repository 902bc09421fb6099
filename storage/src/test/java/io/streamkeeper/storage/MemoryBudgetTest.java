package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.memory.OpenBlock;
import org.junit.jupiter.api.Test;

/** The memory of streams: bounded, and given back (I7). */
class MemoryBudgetTest {
    private static final int BLOCK = OpenBlock.BLOCK_BYTES;

    @Test
    void aFullMemoryRefusesWritesServesReadsAndRecoversWithDeletes() {
        try (TestStore test = new TestStore(4 * BLOCK)) {
            test.created("a");
            test.created("b");
            String half = "x".repeat(BLOCK / 2);
            int taken = 0;
            Answer answer = test.append("b", half);
            while (!answer.isThere() && taken < 100) {
                test.journal.sync();
                taken++;
                answer = test.append("b", half);
            }
            assertThat(answer.code()).isEqualTo(ErrorCode.STORAGE_FULL);
            assertThat(answer.refusal().message())
                    .contains("the memory for streams is full")
                    .contains("--max-memory");
            assertThat(taken).isBetween(6, 8);
            assertThat(test.budget.usedBytes()).isLessThanOrEqualTo(4 * BLOCK);
            assertThat(test.text("b")).hasSize(taken * half.length());
            assertThat(test.append("a", half).code()).isEqualTo(ErrorCode.STORAGE_FULL);
            test.deleted("b");
            test.appended("a", half);
            assertThat(test.text("a")).isEqualTo(half);
        }
    }

    @Test
    void aRefusedAppendToAFullMemoryDoesNotMoveItsProducer() {
        try (TestStore test = new TestStore(BLOCK)) {
            test.created("a");
            AppendRequest large =
                    AppendRequest.to("a").text("x".repeat(2 * BLOCK)).by("p", 0, 0);
            assertThat(test.append(large).code()).isEqualTo(ErrorCode.STORAGE_FULL);
            Answer retry = test.append(AppendRequest.to("a").text("x").by("p", 0, 0));
            test.journal.sync();
            assertThat(retry.appended().wrote()).isTrue();
        }
    }

    @Test
    void whenAllStreamsAreDeletedOnlyTheOpenBlockIsKept() {
        Seeds.forEach(20, random -> {
            try (TestStore test = new TestStore()) {
                for (int i = 0; i < 10; i++) {
                    test.create("s" + i);
                }
                for (int i = 0; i < 60; i++) {
                    int bytes = 1 + random.nextInt(random.nextInt(6) == 0 ? 2 * BLOCK : 50_000);
                    test.append("s" + random.nextInt(10), "x".repeat(bytes));
                    if (random.nextInt(4) == 0) {
                        test.journal.refuse();
                        test.create("s" + random.nextInt(10));
                    } else {
                        test.journal.sync();
                    }
                }
                for (int i = 0; i < 10; i++) {
                    test.delete("s" + i);
                }
                test.journal.sync();
                assertThat(test.store.streamCount()).isZero();
                assertThat(test.budget.usedBytes()).isIn(0L, (long) BLOCK);
            }
        });
    }

    @Test
    void aSmallStreamDoesNotKeepTheBlocksOfLargeOnes() {
        try (TestStore test = new TestStore()) {
            for (int i = 0; i < 20; i++) {
                test.created(CreateRequest.at("small" + i).text("small " + i));
                test.created(CreateRequest.at("large" + i).text("x".repeat(BLOCK / 5)));
                test.appended("large" + i, "y".repeat(BLOCK / 5));
                test.appended("large" + i, "z".repeat(BLOCK / 5));
            }
            assertThat(test.budget.usedBytes()).isGreaterThan(10 * BLOCK);
            for (int i = 0; i < 20; i++) {
                test.deleted("large" + i);
            }
            for (int step = 0; step < 50; step++) {
                test.store.checkpointAndCompact();
            }
            assertThat(test.budget.usedBytes()).isLessThanOrEqualTo(3 * BLOCK);
            for (int i = 0; i < 20; i++) {
                assertThat(test.text("small" + i)).isEqualTo("small " + i);
                test.appended("small" + i, "!");
                assertThat(test.text("small" + i)).isEqualTo("small " + i + "!");
            }
        }
    }

    @Test
    void aSmallStreamDoesNotKeepABlockThatWasEmptyBeforeIt() {
        try (TestStore test = new TestStore()) {
            String large = "x".repeat(BLOCK / 5);
            for (int i = 0; i < 10; i++) {
                test.created("large");
                for (int j = 0; j < 4; j++) {
                    test.appended("large", large);
                }
                test.deleted("large");
                test.created(CreateRequest.at("small" + i).text("s".repeat(i + 10)));
            }
            for (int step = 0; step < 50; step++) {
                test.store.checkpointAndCompact();
            }
            assertThat(test.budget.usedBytes()).isLessThanOrEqualTo(3 * BLOCK);
        }
    }

    @Test
    void aFullMemoryIsEmptiedOfWhatIsKeptForLittle() {
        try (TestStore test = new TestStore(4 * BLOCK)) {
            int streams = 0;
            while (streams < 100) {
                Answer small = test.create(CreateRequest.at("small" + streams).text("s"));
                Answer large = test.create(CreateRequest.at("large" + streams).text("x".repeat(BLOCK / 5)));
                test.journal.sync();
                streams++;
                if (small.outcome() instanceof Refusal || large.outcome() instanceof Refusal) {
                    break;
                }
            }
            for (int i = 0; i < streams; i++) {
                test.delete("large" + i);
            }
            test.journal.sync();
            for (int step = 0; step < 50; step++) {
                test.store.checkpointAndCompact();
            }
            test.created(CreateRequest.at("next").text("x".repeat(BLOCK)));
        }
    }
}
