package io.streamkeeper.storage.record;

import static io.streamkeeper.storage.disk.GoldenBytes.assertGolden;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.GoldenBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The bytes of each record and of a stream's description: format version 4, which does not change. */
class RecordGoldenBytesTest {
    private static final long GENERATION = 1_700_000_000_000_000L;
    private static final Producer PRODUCER = new Producer("p1", 1, 128);

    /** Both directions. */
    private static void assertRecord(LogRecord record, Runs runs, String payload, String lines) {
        ByteBuf out = Unpooled.buffer();
        int start = RecordCodec.begin(out, record, runs);
        out.writeCharSequence(payload, UTF_8);
        RecordCodec.finish(out, start);
        assertGolden(out, lines);
        assertThat(out.readableBytes()).isLessThanOrEqualTo(RecordCodec.bytesMax(record, runs));

        ByteBuf in = GoldenBytes.of(lines);
        RecordCodec.Read read = RecordCodec.read(in, new Interned());
        assertThat(read.record()).isEqualTo(record);
        assertThat(read.runs().bytes()).isEqualTo(runs.bytes());
        assertThat(read.runs().messages()).isEqualTo(runs.messages());
        assertThat(in.toString(read.payload(), runs.bytes(), UTF_8)).isEqualTo(payload);
        assertThat(in.isReadable()).isFalse();
    }

    private static LogRecord.Created created(
            Expiry expiry, Retention retention, boolean closed, LogRecord.@Nullable Fork fork) {
        return new LogRecord.Created(
                GENERATION,
                new StreamPath("s"),
                new StreamConfig(ContentType.parse("text/plain"), expiry, retention),
                closed,
                fork,
                300);
    }

    @Test
    void aPlainAppend() {
        assertRecord(new LogRecord.Appended(GENERATION, null, 0, null, false, 300), Runs.one(3, 1), "abc", """
                00000012           # length of what follows
                02                 # appended
                00060a24181e4000   # generation
                ac02               # milliseconds: 300, seven bits a byte, the lowest first
                00                 # flags: none
                01 03 01           # one run: 3 bytes, 1 message
                616263             # payload
                """);
    }

    @Test
    void anAppendWithAllThatItMayHave() {
        assertRecord(new LogRecord.Appended(GENERATION, PRODUCER, 2, "a", true, 300), Runs.one(3, 1), "abc", """
                0000001b           # length of what follows
                02                 # appended
                00060a24181e4000   # generation
                ac02               # milliseconds
                0f                 # flags: 1 producer, 2 Stream-Seq, 4 closes, 8 evicts
                02 7031 01 8001    # producer: "p1", epoch 1, seq 128
                02                 # producers that are evicted
                01 61              # Stream-Seq: "a"
                01 03 01           # one run: 3 bytes, 1 message
                616263             # payload
                """);
    }

    @Test
    void anAppendOfSeveralRuns() {
        Runs runs = Runs.of(new int[] {2, 1, 3, 1});
        assertRecord(new LogRecord.Appended(GENERATION, null, 0, null, false, 300), runs, "1,22,", """
                00000016           # length of what follows
                02                 # appended
                00060a24181e4000   # generation
                ac02               # milliseconds
                00                 # flags: none
                02 02 01 03 01     # two runs: 2 bytes, 1 message; 3 bytes, 1 message
                312c 32322c        # payload
                """);
    }

    @Test
    void aPlainCreation() {
        assertRecord(created(Expiry.never(), Retention.none(), false, null), Runs.NONE, "", """
                0000001d           # length of what follows
                01                 # created
                00060a24181e4000   # generation
                ac02               # milliseconds
                00                 # flags: none
                01 73              # path: "s"
                0a 746578742f706c61696e  # content type: "text/plain"
                00                 # expiry: never
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aCreationAtWhichMomentItExpires() {
        assertRecord(created(new Expiry.At(1_000), Retention.none(), false, null), Runs.NONE, "", """
                00000025           # length of what follows
                01                 # created
                00060a24181e4000   # generation
                ac02               # milliseconds
                00                 # flags: none
                01 73              # path: "s"
                0a 746578742f706c61696e  # content type: "text/plain"
                02 00000000000003e8  # expiry: at a moment, 1000
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aForkWithAllThatItMayHave() {
        LogRecord.Fork fork = new LogRecord.Fork(
                new ForkOrigin(new StreamPath("src"), new Offset(GENERATION - 1, 5), 2), GENERATION - 1, 7, 3);
        assertRecord(created(new Expiry.Ttl(60), new Retention(86_400, -1, 1_000), true, fork), Runs.NONE, "", """
                0000003c           # length of what follows
                01                 # created
                00060a24181e4000   # generation
                ac02               # milliseconds
                0f                 # flags: 1 closed, 2 fork, 4 it names an offset, 8 retention
                01 73              # path: "s"
                0a 746578742f706c61696e  # content type: "text/plain"
                01 3c              # expiry: after 60 seconds without use
                81a305 00 e907     # retention, each plus one: 86400 seconds, any bytes, 1000 messages
                03 737263          # source: "src"
                00060a24181e3fff 05  # offset that was asked for: generation, position
                02                 # sub-offset that was asked for
                00060a24181e3fff   # generation of the source
                07                 # position where it diverges
                03                 # earliest position that it inherits
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aDeletionThatDropsTheStream() {
        assertRecord(new LogRecord.Deleted(GENERATION, true, 300), Runs.NONE, "", """
                0000000f           # length of what follows
                06                 # deleted
                00060a24181e4000   # generation
                ac02               # milliseconds
                01                 # it is dropped
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aDeletionOfAStreamThatForksKeep() {
        assertRecord(new LogRecord.Deleted(GENERATION, false, 300), Runs.NONE, "", """
                0000000f           # length of what follows
                06                 # deleted
                00060a24181e4000   # generation
                ac02               # milliseconds
                00                 # it is not dropped
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aDeletionOfVersion2SaysNothingOfForks() {
        assertRead(new LogRecord.Deleted(GENERATION, false, 300), """
                0000000e           # length of what follows
                03                 # deleted
                00060a24181e4000   # generation
                ac02               # milliseconds
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aTrimThatDropsWhatLiesBefore() {
        assertRecord(new LogRecord.Trimmed(GENERATION, 1_000, true, 300), Runs.NONE, "", """
                00000011           # length of what follows
                07                 # trimmed
                00060a24181e4000   # generation
                ac02               # milliseconds
                e807               # earliest position: 1000
                01                 # the bytes before it are dropped
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aTrimOfVersion2SaysNothingOfForks() {
        assertRead(new LogRecord.Trimmed(GENERATION, 1_000, false, 300), """
                00000010           # length of what follows
                04                 # trimmed
                00060a24181e4000   # generation
                ac02               # milliseconds
                e807               # earliest position: 1000
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aRelease() {
        assertRecord(new LogRecord.Released(GENERATION, 300), Runs.NONE, "", """
                0000000e           # length of what follows
                08                 # released
                00060a24181e4000   # generation
                ac02               # milliseconds
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aRecordThatSaysNeitherThatAStreamIsDroppedNorThatItIsNotIsRefused() {
        String lines = """
                0000000f           # length of what follows
                06                 # deleted
                00060a24181e4000   # generation
                ac02               # milliseconds
                02                 # neither
                01 00 00           # one run: 0 bytes, 0 messages
                """;
        assertThatThrownBy(() -> RecordCodec.read(GoldenBytes.of(lines), new Interned()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    private static void assertRead(LogRecord record, String lines) {
        assertThat(RecordCodec.read(GoldenBytes.of(lines), new Interned()).record())
                .isEqualTo(record);
    }

    @Test
    void aUse() {
        assertRecord(new LogRecord.Used(GENERATION, 300, 1_000), Runs.NONE, "", """
                00000010           # length of what follows
                05                 # used
                00060a24181e4000   # generation
                ac02               # milliseconds
                e807               # for how long after that no use is recorded: 1000
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aChangeOfTheProperties() {
        StreamConfig config = new StreamConfig(
                ContentType.parse("text/plain"), new Expiry.Ttl(60), new Retention(86_400, Retention.UNBOUNDED, 1_000));
        assertRecord(new LogRecord.Changed(GENERATION, config, 300), Runs.NONE, "", """
                00000021           # length of what follows
                09                 # changed
                00060a24181e4000   # generation
                ac02               # milliseconds
                0a 746578742f706c61696e  # content type: "text/plain"
                01 3c              # expiry: after 60 seconds without use
                81a305 00 e907     # retention, each plus one: 86400 seconds, any bytes, 1000 messages
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    @Test
    void aChangeToNoLimits() {
        StreamConfig config = new StreamConfig(ContentType.parse("text/plain"), Expiry.never(), Retention.none());
        assertRecord(new LogRecord.Changed(GENERATION, config, 300), Runs.NONE, "", """
                0000001d           # length of what follows
                09                 # changed
                00060a24181e4000   # generation
                ac02               # milliseconds
                0a 746578742f706c61696e  # content type: "text/plain"
                00                 # expiry: never
                00 00 00           # retention: no bounds
                01 00 00           # one run: 0 bytes, 0 messages
                """);
    }

    private static void assertDescription(StreamMeta meta, String lines) {
        assertGolden(meta.encode(), lines);
        assertThat(StreamMeta.decode(GoldenBytes.of(lines), GENERATION, new Interned()))
                .isEqualTo(meta);
        assertThat(StreamMeta.lastLsnOf(GoldenBytes.of(lines))).isEqualTo(meta.lastLsn());
        assertThat(StreamMeta.isDeleted(GoldenBytes.of(lines))).isEqualTo(meta.deleted());
    }

    @Test
    void aPlainDescription() {
        LogRecord.Created created = created(Expiry.never(), Retention.none(), false, null);
        StreamMeta meta =
                new StreamMeta(created, 0, 9, 1_000, 4, 3, 0, false, false, false, null, null, List.of(), -1, 0, 0);
        assertDescription(meta, """
                00                 # flags: none
                09                 # last record that it counts in
                e807               # tail: 1000
                04                 # messages
                03                 # earliest position
                ac02               # milliseconds of the creation
                00                 # from here as in the record of the creation
                01 73
                0a 746578742f706c61696e
                00
                00                 # producers
                """);
    }

    @Test
    void aDescriptionWithAllThatItMayHave() {
        LogRecord.Created created = created(Expiry.never(), Retention.none(), false, null);
        StreamMeta meta = new StreamMeta(
                created,
                0x1112131415161718L,
                9,
                1_000,
                4,
                3,
                2,
                true,
                true,
                true,
                PRODUCER,
                "a",
                List.of(new KnownProducer(PRODUCER, 300)),
                301,
                1_000,
                1_700_000_000);
        assertDescription(meta, """
                ff                 # flags: 1 closed, 2 deleted, 4 by a producer, 8 Stream-Seq, 16 former generation, 32 used,
                                   # 64 kept, 128 dropped
                09                 # last record that it counts in
                e807               # tail: 1000
                04                 # messages
                03                 # earliest position
                ac02               # milliseconds of the creation
                00                 # from here as in the record of the creation
                01 73
                0a 746578742f706c61696e
                00
                1112131415161718   # generation in format version 1
                02 7031 01 8001    # the producer's request that closed it: "p1", epoch 1, seq 128
                01 61              # Stream-Seq: "a"
                01                 # one producer
                02 7031 01 8001    # its last request
                ac02               # its milliseconds: 300
                ad02               # last use: 301
                e807               # for how long after that no use is recorded: 1000
                02                 # first position whose bytes are kept
                80e2cfaa06         # last append with content, in seconds: 1700000000; omitted by older servers
                """);
    }
}
