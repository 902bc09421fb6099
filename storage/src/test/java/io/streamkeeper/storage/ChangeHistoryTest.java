package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.shard.ChangeHistory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which creations, closures and deletions a shard reports, and how many of them it keeps. */
class ChangeHistoryTest {
    private final TestStore test = new TestStore();
    private final ChangeHistory history = test.store.changes();

    @AfterEach
    void close() {
        test.close();
    }

    private List<String> changes() {
        List<String> changes = new ArrayList<>();
        for (long number = history.first(); number <= history.last(); number++) {
            StreamChange change = history.change(number);
            changes.add(change.kind() + " " + change.path() + (change.closed() ? " closed" : ""));
        }
        return changes;
    }

    private void closed(String path) {
        test.append(AppendRequest.to(path).close());
        test.journal.sync();
    }

    @Test
    void aChangeIsReportedWhenItIsDurable() {
        test.create("a");
        test.append(AppendRequest.to("a").close());
        test.delete("a");
        assertThat(changes()).isEmpty();

        test.journal.sync();
        assertThat(changes()).containsExactly("CREATED a", "CLOSED a closed", "DELETED a closed");
    }

    @Test
    void whatIsRefusedIsNotReported() {
        test.created("a");
        test.create("b");
        test.append(AppendRequest.to("a").close());
        test.journal.refuse();
        test.create("c");
        test.journal.lose();

        assertThat(changes()).containsExactly("CREATED a");
    }

    @Test
    void onlyTheFirstClosureIsOne() {
        test.created(CreateRequest.at("a").closed());
        test.created("b");
        test.appended("b", "1");
        closed("b");
        closed("b");

        assertThat(changes()).containsExactly("CREATED a closed", "CREATED b", "CLOSED b closed");
    }

    @Test
    void anExpiryIsADeletion() {
        test.created(CreateRequest.at("a").expiry(new Expiry.Ttl(10)));
        test.clock.advance(10_000);
        test.store.keepUp();
        assertThat(changes()).containsExactly("CREATED a");

        test.journal.sync();
        assertThat(changes()).containsExactly("CREATED a", "DELETED a");
    }

    @Test
    void aStreamThatReplacesAnotherFollowsItsDeletion() {
        test.created("a");
        test.delete("a");
        test.create(CreateRequest.at("a").closed());
        test.journal.sync();

        assertThat(changes()).containsExactly("CREATED a", "DELETED a", "CREATED a closed");
    }

    @Test
    void aStreamThatForksKeepIsDeletedOnce() {
        test.created("a");
        test.created(CreateRequest.at("b").forkOf("a", null));
        test.deleted("a");
        test.deleted("b");

        assertThat(changes()).containsExactly("CREATED a", "CREATED b", "DELETED a", "DELETED b");
    }

    @Test
    void theOldestAreForgotten() {
        Budget heap = new Budget("heap", 8 << 20);
        test.store.limitHeap(heap);
        for (int i = 0; i < 4_000; i++) {
            test.created("stream/" + (10_000 + i));
        }

        int kept = changes().size();
        assertThat(history.last()).isEqualTo(4_000);
        assertThat(kept).isBetween(1_000, (256 << 10) / 96);
        assertThat(changes().get(0)).isEqualTo("CREATED stream/" + (14_000 - kept));
        assertThatThrownBy(() -> history.change(history.first() - 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void someAreKeptInAFullHeap() {
        Budget heap = new Budget("heap", 8 << 20);
        test.store.limitHeap(heap);
        for (int i = 0; i < 150; i++) {
            test.created("a" + i);
        }
        heap.reserveAlways(heap.leftBytes());
        for (int i = 0; i < 150; i++) {
            test.deleted("a" + i);
        }

        assertThat(changes()).hasSize(300);
    }

    @Test
    void aSmallHeapKeepsFew() {
        test.store.limitHeap(new Budget("heap", 256 << 10));
        for (int i = 0; i < 500; i++) {
            test.created("a" + i);
        }

        assertThat(changes()).hasSizeBetween(1, (8 << 10) / 96);
    }
}
