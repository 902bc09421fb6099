package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.extent.CompactionPolicy;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The heap that streams take is counted, bounded, and released (I7); streams that exist are always recovered (I11). */
class StreamHeapTest {
    private static final int HEAP_BYTES = 64 << 10;

    /** The part of the heap that is reserved for the history of changes. */
    private static final int HISTORY_PART = 32;

    private final Budget heap = new Budget("tests", HEAP_BYTES);

    private FileRig rig() throws IOException {
        FileRig rig = new FileRig();
        rig.store.limitHeap(heap);
        return rig;
    }

    private static String refusal(Answer answer) {
        return answer.outcome() instanceof Refusal refusal ? refusal.code().code() + ": " + refusal.message() : "none";
    }

    /** Creates streams until one is refused; returns how many there are. */
    private static int fill(FileRig rig) {
        int count = 0;
        Answer answer = rig.create(CreateRequest.at("s/" + count));
        while (answer.outcome() instanceof Outcome.Created) {
            count++;
            answer = rig.create(CreateRequest.at("s/" + count));
        }
        assertThat(refusal(answer))
                .startsWith("overloaded: streams take ")
                .endsWith("bytes of heap available for them; delete streams, or start the server with a larger -Xmx");
        return count;
    }

    @Test
    void aStreamForWhichThereIsNoHeapIsRefusedAndOthersGoOn() throws IOException {
        FileRig rig = rig();
        int count = fill(rig);
        assertThat(count).isBetween(100, HEAP_BYTES / 230);
        assertThat(heap.usedBytes()).isLessThanOrEqualTo(HEAP_BYTES);
        assertThat(rig.append("s/0", "goes on").outcome()).isInstanceOf(Outcome.Appended.class);
        assertThat(rig.read("s/0")).isEqualTo("goes on");
        assertThat(rig.delete("s/1").outcome()).isInstanceOf(Outcome.Deleted.class);
        for (int i = 2; i < 20; i++) {
            rig.delete("s/" + i);
        }
        assertThat(refusal(rig.create(CreateRequest.at("before")))).startsWith("overloaded: ");
        rig.step();
        assertThat(rig.create(CreateRequest.at("after")).outcome()).isInstanceOf(Outcome.Created.class);
        rig.stop();
    }

    @Test
    void deletedStreamsGiveTheirHeapBack() throws IOException {
        FileRig rig = rig();
        int count = fill(rig);
        for (int i = 0; i < count; i++) {
            rig.delete("s/" + i);
        }
        rig.checkpoint();
        assertThat(heap.usedBytes()).isEqualTo(HEAP_BYTES / HISTORY_PART);
        rig.stop();
    }

    @Test
    void streamsWhoseDeletionIsPublishedAfterACheckpointHasWrittenItGiveTheirHeapBack() throws IOException {
        FileRig rig = rig();
        int count = fill(rig);
        rig.checkpoint();
        Deque<Runnable> turns = new ArrayDeque<>();
        rig.store.publishIn(turns::add, 10);
        for (int i = 0; i < count; i++) {
            rig.store.delete(new Command.Delete(new StreamPath("s/" + i), Preconditions.NONE), new Answer());
        }
        rig.checkpoint();
        assertThat(turns).as("deletions that are not published").isNotEmpty();
        while (!turns.isEmpty()) {
            turns.remove().run();
        }
        rig.checkpoint();
        assertThat(rig.store.streamCount()).isZero();
        assertThat(heap.usedBytes()).isEqualTo(HEAP_BYTES / HISTORY_PART);
        rig.stop();
    }

    /** Few of many entries in files are of dropped streams, so no pass over all of them is due yet. */
    @Test
    void refusalsForHeapForgetDroppedStreamsAndDoNotMakeCheckpointsWithoutEnd() throws IOException {
        FileRig rig = new FileRig();
        rig.restartWith(new StorageConfig(true, 64 << 20, 1_000_000, 1 << 20, 1L << 28, ProducerLimits.DEFAULT));
        rig.store.limitHeap(new Budget("larger", 4 * HEAP_BYTES));
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 300; i++) {
                if (round == 0) {
                    rig.create(CreateRequest.at("a/" + i));
                }
                rig.append("a/" + i, "x".repeat(400));
            }
            rig.clock.advance(2_000_000);
            rig.step(1);
        }
        fill(rig);
        for (int i = 0; i < 40; i++) {
            rig.delete("a/" + i);
        }
        rig.clock.advance(2_000_000);
        rig.step(1);
        Set<Path> files = new HashSet<>(rig.files(".ext"));
        int before = files.size();
        int created = 0;
        for (int i = 0; i < 100; i++) {
            if (rig.create(CreateRequest.at("b/" + i)).outcome() instanceof Outcome.Created) {
                created++;
            }
            rig.append("a/299", "y");
            rig.clock.advance(100);
            rig.step(1);
            files.addAll(rig.files(".ext"));
        }
        assertThat(files.size() - before).as("files that were written").isLessThan(10);
        assertThat(created).as("streams that were created").isGreaterThan(60);
        rig.stop();
    }

    /** So many streams are deleted that each checkpoint is made because heap was refused. */
    @Test
    void refusalsForHeapDoNotPreventCompactions() throws IOException {
        FileRig rig = rig();
        int created = fill(rig);
        int filesMax = 0;
        for (int i = 0; i < 300; i++) {
            for (int deleted = 0; deleted < 10; deleted++) {
                rig.delete("s/" + (10 * i + deleted));
            }
            while (rig.create(CreateRequest.at("s/" + created)).outcome() instanceof Outcome.Created) {
                created++;
            }
            rig.clock.advance(100);
            rig.step(1);
            filesMax = Math.max(filesMax, rig.files(".ext").size());
        }
        assertThat(filesMax).isLessThan(3 * CompactionPolicy.TIER_FILES);
        rig.stop();
    }

    @Test
    void producersAreCounted() throws IOException {
        FileRig rig = rig();
        rig.create(CreateRequest.at("s"));
        int producers = 0;
        Answer answer;
        do {
            answer = rig.append(AppendRequest.to("s").text("x").by("p" + producers++, 0, 0));
        } while (answer.outcome() instanceof Outcome.Appended);
        assertThat(refusal(answer)).startsWith("overloaded: streams take ");
        assertThat(producers).isBetween(100, HEAP_BYTES / 150);
        assertThat(rig.append(AppendRequest.to("s").text("y").by("p0", 0, 1)).outcome())
                .isInstanceOf(Outcome.Appended.class);
        rig.delete("s");
        rig.checkpoint();
        assertThat(heap.usedBytes()).isEqualTo(HEAP_BYTES / HISTORY_PART);
        rig.stop();
    }

    @Test
    void runsAreCountedAndACheckpointThatJoinsThemGivesBack() throws IOException {
        FileRig rig = rig();
        rig.create(CreateRequest.at("a"));
        rig.create(CreateRequest.at("b"));
        long before = heap.usedBytes();
        for (int i = 0; i < 300; i++) {
            rig.append("a", "x");
            rig.append("b", "y");
        }
        long scattered = heap.usedBytes();
        assertThat(scattered).isGreaterThan(before + 2 * 300 * 20);
        rig.checkpoint();
        assertThat(heap.usedBytes()).isLessThan((before + scattered) / 2);
        rig.stop();
    }

    @Test
    void aRetentionByAgeForWhoseTimesThereIsNoHeapIsRefused() throws IOException {
        FileRig rig = rig();
        rig.create(CreateRequest.at("a"));
        rig.create(CreateRequest.at("b"));
        rig.create(CreateRequest.at("small"));
        for (int i = 0; i < 600; i++) {
            rig.append("a", "x");
            rig.append("b", "y");
        }
        fill(rig);
        assertThat(heap.leftBytes()).isBetween(1L, 8 * 600L);
        long before = heap.usedBytes();
        MetadataChange change = new MetadataChange(null, null, 3_600L, null, null);

        assertThat(refusal(rig.change("a", change))).startsWith("overloaded: streams take ");
        assertThat(heap.usedBytes()).isEqualTo(before);
        assertThat(rig.change("small", change).outcome()).isInstanceOf(Outcome.Changed.class);
        rig.checkpoint();
        assertThat(rig.change("a", change).outcome()).isInstanceOf(Outcome.Changed.class);
        assertThat(heap.usedBytes()).isLessThan(HEAP_BYTES);
        rig.stop();
    }

    @Test
    void appendsAreRefusedBeforeTheirRunsTakeAllHeap() throws IOException {
        FileRig rig = rig();
        rig.create(CreateRequest.at("a"));
        rig.create(CreateRequest.at("b"));
        Answer answer;
        int appends = 0;
        do {
            rig.append("a", "x");
            answer = rig.append("b", "y");
            appends++;
        } while (answer.outcome() instanceof Outcome.Appended && appends < 10_000);
        assertThat(refusal(answer)).startsWith("overloaded: streams take ");
        assertThat(heap.usedBytes()).isLessThan(HEAP_BYTES + HEAP_BYTES / 2);
        rig.checkpoint();
        assertThat(rig.append("b", "y").outcome()).isInstanceOf(Outcome.Appended.class);
        rig.stop();
    }

    @Test
    void lengthsOfAppendsAreCounted() {
        try (TestStore store = new TestStore()) {
            store.store.limitHeap(heap);
            store.created("s");
            long before = heap.usedBytes();
            for (int i = 0; i < 2_000; i++) {
                store.appended("s", "x");
            }
            assertThat(heap.usedBytes()).isBetween(before + 2_000, before + 2 * 2_000 + 200);
            store.deleted("s");
            assertThat(heap.usedBytes()).isEqualTo(HEAP_BYTES / HISTORY_PART);
        }
    }

    @Test
    void whatRetentionDropsIsGivenBack() throws IOException {
        FileRig rig = rig();
        rig.create(CreateRequest.at("b"));
        rig.create(CreateRequest.at("a").retention(new Retention(-1, 10, -1)));
        long before = heap.usedBytes();
        for (int i = 0; i < 200; i++) {
            rig.append("a", "x");
            rig.append("b", "");
        }
        assertThat(heap.usedBytes()).isLessThan(before + 1_000);
        rig.stop();
    }

    @Test
    void whatIsThereIsRecoveredAndCountedWhateverTheBudgetIs() throws IOException {
        FileRig rig = rig();
        int count = fill(rig);
        rig.checkpoint();
        rig.restart();
        Budget smaller = new Budget("smaller", HEAP_BYTES / 2);
        rig.store.limitHeap(smaller);
        assertThat(smaller.usedBytes()).isGreaterThan(HEAP_BYTES / 2);
        assertThat(rig.read("s/" + (count - 1))).isEmpty();
        assertThat(refusal(rig.create(CreateRequest.at("more")))).startsWith("overloaded: ");
        for (int i = 0; i < count; i++) {
            assertThat(rig.delete("s/" + i).outcome()).isInstanceOf(Outcome.Deleted.class);
        }
        rig.checkpoint();
        assertThat(smaller.usedBytes()).isEqualTo(HEAP_BYTES / 2 / HISTORY_PART);
        rig.stop();
    }
}
