package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProposerTest {
    private static final int MIB = 1 << 20;

    private final List<EntryLayout.Part> appended = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final Proposer proposer = new Proposer("n1", 16 * MIB, this::append);

    private boolean append(List<ByteBuffer> entry) {
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return false;
        }
        int length = entry.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer whole = ByteBuffer.allocate(length);
        entry.forEach(part -> whole.put(part.duplicate()));
        try {
            appended.add(EntryLayout.read(whole.flip()));
        } catch (EntryLayout.UnreadableEntryException e) {
            throw new IllegalStateException(e);
        }
        return true;
    }

    @AfterEach
    void end() {
        proposer.close();
    }

    private ProposedFrame propose(long epoch, int bytes) {
        ProposedFrame frame = proposer.reserve(bytes);
        assertThat(frame).isNotNull();
        assertThat(proposer.propose(epoch, frame)).isTrue();
        return frame;
    }

    private void awaitAppended(int entries) {
        await().until(() -> appended.size() == entries);
    }

    @Test
    void framesAreAppendedInOrderWithTheirNumbers() {
        proposer.start();
        proposer.begin(4);
        for (int each = 0; each < 50; each++) {
            propose(4, each);
        }
        awaitAppended(50);
        assertThat(appended)
                .extracting(EntryLayout.Part::number)
                .isSorted()
                .startsWith(0L)
                .endsWith(49L);
        assertThat(appended).extracting(EntryLayout.Part::length).isSorted();
        assertThat(appended).allMatch(part -> part.epoch() == 4 && part.isWhole());
    }

    @Test
    void aFrameIsSplitAtTheLimitOfAnEntry() {
        proposer.start();
        proposer.begin(4);
        propose(4, 3 * MIB);
        propose(4, 7 * MIB);
        awaitAppended(4);
        assertThat(appended)
                .extracting(part -> part.number() + ":" + part.position() + "+"
                        + part.bytes().remaining())
                .containsExactly(
                        "0:0+" + 3 * MIB, "1:0+" + 3 * MIB, "1:" + 3 * MIB + "+" + 3 * MIB, "1:" + 6 * MIB + "+" + MIB);
    }

    @Test
    void anEntryThatIsRefusedIsAppendedBeforeLaterOnes() {
        refusals.set(3);
        proposer.start();
        proposer.begin(4);
        propose(4, 1);
        propose(4, 2);
        awaitAppended(2);
        assertThat(appended).extracting(EntryLayout.Part::length).containsExactly(1, 2);
    }

    @Test
    void whatWaitsWhenAnEpochEndsIsNotAppendedInTheNext() {
        refusals.set(Integer.MAX_VALUE);
        proposer.start();
        proposer.begin(4);
        propose(4, 3 * MIB + 1);
        propose(4, 2);
        proposer.end();
        assertThat(proposer.bytesInFlight()).isZero();
        proposer.begin(6);
        refusals.set(0);
        propose(6, 3);
        await().until(() -> appended.stream().anyMatch(part -> part.epoch() == 6));
        assertThat(appended)
                .filteredOn(part -> part.epoch() == 6)
                .extracting(EntryLayout.Part::number)
                .containsExactly(0L);
        assertThat(appended)
                .filteredOn(part -> part.epoch() == 4)
                .extracting(EntryLayout.Part::length)
                .doesNotContain(2);
    }

    @Test
    void memoryIsReservedBeforeItIsUsedAndReleasedOnce() {
        proposer.begin(4);
        ProposedFrame first = proposer.reserve(10 * MIB);
        assertThat(first).isNotNull();
        assertThat(proposer.reserve(7 * MIB)).isNull();
        assertThat(proposer.takeRoomWanted()).isFalse();
        first.close();
        first.close();
        assertThat(proposer.takeRoomWanted()).isTrue();
        assertThat(proposer.takeRoomWanted()).isFalse();
        assertThat(proposer.bytesInFlight()).isZero();
        ProposedFrame second = propose(4, MIB);
        second.close();
        assertThat(proposer.bytesInFlight()).isGreaterThan(MIB);
        proposer.delivered(3);
        assertThat(proposer.bytesInFlight()).isGreaterThan(MIB);
        proposer.delivered(4);
        assertThat(proposer.bytesInFlight()).isZero();
    }

    @Test
    void aFrameOfNoOrAnotherEpochIsReleased() {
        for (long begun : new long[] {0, 4}) {
            if (begun != 0) {
                proposer.begin(begun);
            }
            for (long epoch : new long[] {0, 3}) {
                ProposedFrame frame = proposer.reserve(10);
                assertThat(frame).isNotNull();
                assertThat(proposer.propose(epoch, frame)).isFalse();
                assertThat(proposer.bytesInFlight()).isZero();
            }
        }
    }

    @Test
    void misuseIsRefused() {
        proposer.begin(4);
        ProposedFrame frame = propose(4, 1);
        assertThatThrownBy(() -> proposer.propose(4, frame)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> proposer.reserve(16 * MIB)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> proposer.reserve(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
