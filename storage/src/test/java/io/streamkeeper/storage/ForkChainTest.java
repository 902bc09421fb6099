package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.RecordCodec;
import io.streamkeeper.storage.record.Runs;
import io.streamkeeper.storage.record.StreamConfig;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Forks of forks, deep and wide: nothing may need a stack or a record that grows with the depth. */
class ForkChainTest {
    private static final int DEPTH = 10_000;
    private static final int DEPTH_IN_FILES = 3_000;

    /** In which order a chain is deleted. */
    enum Order {
        ROOT_FIRST,
        LEAF_FIRST,
        RANDOM;

        List<Integer> of(int count) {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                order.add(i);
            }
            if (this == LEAF_FIRST) {
                Collections.reverse(order);
            } else if (this == RANDOM) {
                Collections.shuffle(order, new Random(1));
            }
            return order;
        }
    }

    private static CreateRequest link(int i) {
        CreateRequest request = CreateRequest.at("s" + i).text(text(i));
        return i == 0 ? request : request.forkOf("s" + (i - 1), null);
    }

    private static String text(int i) {
        return String.valueOf((char) ('a' + i % 26));
    }

    private static String text(int from, int to) {
        StringBuilder all = new StringBuilder();
        for (int i = from; i < to; i++) {
            all.append(text(i));
        }
        return all.toString();
    }

    @ParameterizedTest
    @EnumSource
    void aDeepChainIsReadAndDeletedInAnyOrder(Order order) {
        try (TestStore test = new TestStore()) {
            for (int i = 0; i < DEPTH; i++) {
                test.create(link(i));
                test.journal.sync();
            }
            StreamState last = test.open("s" + (DEPTH - 1));
            assertThat(test.text(last, DEPTH - 50, 1_000)).isEqualTo(text(DEPTH - 50, DEPTH));
            assertThat(test.text(last, 0, 1_000)).isEqualTo(text(0, DEPTH));
            for (int position = 0; position <= DEPTH; position++) {
                assertThat(last.positionOf(last.offsetAt(position))).isEqualTo(position);
            }
            for (int i : order.of(DEPTH)) {
                test.deleted("s" + i);
            }
            assertThat(test.store.streamCount()).isZero();
        }
    }

    @Test
    void manyForksOfOneStreamAreDeletedAndTakeItWithThem() {
        try (TestStore test = new TestStore()) {
            test.created(CreateRequest.at("root").text("abc"));
            for (int i = 0; i < DEPTH; i++) {
                test.create(CreateRequest.at("f" + i).forkOf("root", null).text("x"));
            }
            test.journal.sync();
            test.deleted("root");
            for (int i = 0; i < DEPTH; i++) {
                assertThat(test.absence("root")).isEqualTo(ErrorCode.STREAM_DELETED);
                test.deleted("f" + i);
            }
            assertThat(test.store.streamCount()).isZero();
        }
    }

    @Test
    void aChainThatExpiresIsDroppedFromItsEnd() {
        try (TestStore test = new TestStore()) {
            for (int i = 0; i < DEPTH; i++) {
                test.create(link(i).ttl(60));
                test.journal.sync();
            }
            test.clock.advance(61_000);
            for (int i = 0; i < 20; i++) {
                test.store.expire();
                test.journal.sync();
            }
            assertThat(test.store.streamCount()).isZero();
        }
    }

    @Test
    void theRecordOfAForkIsAsLongHoweverDeepItIs() {
        LogRecord.Fork fork = new LogRecord.Fork(new ForkOrigin(new StreamPath("source"), Offset.ZERO, 0), 1, 1, 0);
        LogRecord.Created created = new LogRecord.Created(
                2,
                new StreamPath("fork"),
                new StreamConfig(ContentType.JSON, Expiry.never(), Retention.none()),
                false,
                fork,
                1);
        ByteBuf out = Unpooled.buffer();
        RecordCodec.begin(out, created, Runs.NONE);
        assertThat(out.readableBytes()).isLessThan(120);
    }

    @ParameterizedTest
    @EnumSource
    void aChainInFilesSurvivesStartsWhileItIsCreatedAndDeleted(Order order) throws IOException {
        FileRig rig = new FileRig();
        for (int i = 0; i < DEPTH_IN_FILES; i++) {
            if (i == 0) {
                rig.create(link(i)).created();
            } else {
                rig.fork(link(i)).created();
            }
            if (i % 1_000 == 500) {
                rig.checkpoint();
                rig.restart();
            }
        }
        int last = DEPTH_IN_FILES - 1;
        rig.kill();
        assertThat(new StoreVerifier(rig.disk, line -> {}).verify(FileRig.DATA)).isEmpty();
        rig.start();
        assertThat(rig.inherited("s" + last, 0)).isEqualTo(text(0));
        assertThat(rig.inherited("s" + last, last - 1)).isEqualTo(text(last - 1));
        int deleted = 0;
        for (int i : order.of(DEPTH_IN_FILES)) {
            rig.delete("s" + i).as(Outcome.Deleted.class);
            deleted++;
            if (deleted % 1_000 == 700) {
                rig.restart();
                rig.checkpoint();
            }
        }
        assertThat(rig.store.streamCount()).isZero();
        rig.restart();
        assertThat(rig.store.streamCount()).isZero();
        rig.checkpoint();
        rig.restart();
        assertThat(rig.store.streamCount()).isZero();
    }

    @Test
    void aStartDropsADeletedChainWhoseReleaseACrashCutShort() throws IOException {
        FileRig rig = new FileRig();
        rig.create(link(0)).created();
        for (int i = 1; i < DEPTH_IN_FILES; i++) {
            rig.fork(link(i)).created();
        }
        for (int i = 0; i < DEPTH_IN_FILES - 1; i++) {
            rig.delete("s" + i).as(Outcome.Deleted.class);
        }
        Answer answer = new Answer();
        rig.store.delete(new Command.Delete(new StreamPath("s" + (DEPTH_IN_FILES - 1)), Preconditions.NONE), answer);
        while (!answer.isThere()) {
            rig.threads.runOne();
        }
        rig.kill();
        assertThat(new StoreVerifier(rig.disk, line -> {}).verify(FileRig.DATA)).isEmpty();
        rig.start();
        assertThat(rig.store.streamCount()).isZero();
    }
}
