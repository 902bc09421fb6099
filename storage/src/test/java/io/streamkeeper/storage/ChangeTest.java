package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamInfo;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of a stream's content type, expiry and retention, over restarts, checkpoints and refused records. */
class ChangeTest {
    private final FileRig rig = new FileRig();

    ChangeTest() throws IOException {}

    @AfterEach
    void stop() {
        rig.stop();
    }

    private static MetadataChange expiry(Expiry expiry) {
        return new MetadataChange(null, expiry, null, null, null);
    }

    private static MetadataChange maxAge(long seconds) {
        return new MetadataChange(null, null, seconds, null, null);
    }

    private static MetadataChange maxMessages(long messages) {
        return new MetadataChange(null, null, null, null, messages);
    }

    private static MetadataChange type(String type) {
        return new MetadataChange(ContentType.parse(type), null, null, null, null);
    }

    private StreamInfo info(String path) {
        return rig.store.open(StreamPath.of(path), false).info();
    }

    private StreamInfo changed(String path, MetadataChange change) {
        return rig.change(path, change).as(Outcome.Changed.class).stream();
    }

    /** Restarts as {@code how} says: from the journal, or from a file. */
    private void restart(String how) throws IOException {
        if (how.equals("checkpoint")) {
            rig.checkpoint();
        }
        rig.restart();
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal", "checkpoint"})
    void allPropertiesSurviveARestart(String how) throws IOException {
        rig.create(CreateRequest.at("s")
                        .type(ContentType.parse("text/plain"))
                        .ttl(60)
                        .text("abc"))
                .created();

        StreamInfo answered = changed(
                "s",
                new MetadataChange(
                        ContentType.parse("text/markdown"),
                        new Expiry.At(rig.clock.nowMillis() + 3_600_000_000L),
                        86_400L,
                        1_000_000L,
                        null));

        assertThat(answered).isEqualTo(info("s"));
        restart(how);
        assertThat(info("s")).isEqualTo(answered);
        assertThat(answered.retention()).isEqualTo(new Retention(86_400, 1_000_000, Retention.UNBOUNDED));
        assertThat(answered.contentType().value()).isEqualTo("text/markdown");
        assertThat(rig.read("s")).isEqualTo("abc");
    }

    @Test
    void whatIsNotNamedStays() {
        rig.create(CreateRequest.at("s")
                        .ttl(60)
                        .retention(new Retention(100, 200, 300))
                        .text("abc"))
                .created();

        StreamInfo info = changed("s", new MetadataChange(null, null, null, Retention.UNBOUNDED, null));

        assertThat(info.retention()).isEqualTo(new Retention(100, Retention.UNBOUNDED, 300));
        assertThat(info.expiry()).isEqualTo(new Expiry.Ttl(60));
    }

    @Test
    void aShorterRetentionDropsDataAtOnce() throws IOException {
        rig.create(CreateRequest.at("s").text("a")).created();
        // Runs of a stream that keeps everything are joined, so each append is checkpointed separately.
        for (String text : new String[] {"b", "c", "d"}) {
            rig.checkpoint();
            rig.append("s", text).appended();
        }

        changed("s", maxMessages(2));

        assertThat(rig.read("s")).isEqualTo("cd");
        rig.restart();
        assertThat(rig.read("s")).isEqualTo("cd");
        rig.append("s", "e").appended();
        assertThat(rig.read("s")).isEqualTo("de");
    }

    @Test
    void aLongerRetentionKeepsMoreFromThenOn() {
        rig.create(CreateRequest.at("s").retention(new Retention(-1, -1, 1)).text("a"))
                .created();
        rig.append("s", "b").appended();

        changed("s", maxMessages(Retention.UNBOUNDED));
        rig.append("s", "c").appended();

        assertThat(rig.read("s")).isEqualTo("bc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file", "restarted"})
    void aBoundOnTheAgeAppliesToOlderData(String where) throws IOException {
        rig.create(CreateRequest.at("s").text("old")).created();
        if (!where.equals("memory")) {
            rig.checkpoint();
        }
        rig.clock.advance(100_000);
        if (where.equals("memory")) {
            changed("s", maxAge(200));
        } else {
            rig.append("s", "new").appended();
            rig.checkpoint();
            changed("s", maxAge(2_000_000));
        }
        if (where.equals("restarted")) {
            rig.checkpoint();
            rig.restart();
        }
        rig.store.expire();
        rig.threads.runAll();
        assertThat(rig.read("s")).startsWith("old");

        rig.clock.advance(where.equals("memory") ? 101_000 : 1_999_000_000L);
        rig.store.expire();
        rig.threads.runAll();

        assertThat(rig.read("s")).doesNotContain("old");
    }

    /** At each step of a checkpoint and of the compaction after it, which join the runs of the appends. */
    @Test
    void aTrimWhileRunsAreJoinedKeepsTheRestAndTheCount() throws IOException {
        int overtaken = 0;
        for (int steps = 0; steps < 60; steps++) {
            FileRig at = sevenAppendsInFilesAndTwoInMemory();
            for (int i = 0; i < steps; i++) {
                if (!at.threads.runOne()) {
                    at.store.checkpointAndCompact();
                }
            }

            at.change("s", maxMessages(2)).as(Outcome.Changed.class);
            at.step();

            long earliest = at.stream("s").durableEarliest();
            overtaken += at.stream("s").content().start() < earliest ? 1 : 0;
            String kept = at.read("s");
            assertThat("123456789").as("%s steps", steps).endsWith(kept);
            assertThat(at.stream("s").tail() - earliest).isEqualTo(kept.length());
            assertThat(at.stream("s").content().messageCount()).isEqualTo(9);
            at.append("s", "a").appended();
            at.append("s", "b").appended();
            at.append("s", "c").appended();
            assertThat(at.read("s")).as("%s steps", steps).isEqualTo("bc");
            assertThat(at.stream("s").content().messageCount()).isEqualTo(12);
            at.restart();
            assertThat(at.read("s")).as("%s steps", steps).isEqualTo("bc");
            at.stop();
        }
        assertThat(overtaken).isPositive();
    }

    private static FileRig sevenAppendsInFilesAndTwoInMemory() throws IOException {
        FileRig rig = new FileRig();
        rig.create(CreateRequest.at("s")).created();
        rig.create(CreateRequest.at("other")).created();
        for (int i = 1; i <= 9; i++) {
            rig.append("s", String.valueOf(i)).appended();
            // In memory, appends that follow each other are one run.
            rig.append("other", "x").appended();
            if (i <= 7) {
                rig.checkpoint();
            }
        }
        rig.clock.advance(2_000_000);
        return rig;
    }

    @Test
    void dataIsNotDroppedBeforeItsAgeAfterACheckpointThatTheChangeOvertakes() throws IOException {
        rig.create(CreateRequest.at("s").text("abc")).created();
        rig.clock.advance(2_000_000);
        rig.store.checkpointAndCompact();
        // The checkpoint has captured the stream without times.
        Answer answer = new Answer();
        rig.store.change(new Command.Change(StreamPath.of("s"), maxAge(1_000_000), Preconditions.NONE), answer);
        rig.threads.runAll();
        rig.step();
        rig.store.expire();
        rig.threads.runAll();

        assertThat(answer.word()).isEqualTo("changed");
        assertThat(rig.read("s")).isEqualTo("abc");
        rig.restart();
        rig.store.expire();
        rig.threads.runAll();
        assertThat(rig.read("s")).isEqualTo("abc");
    }

    @Test
    void aTimeToLiveBeginsWithTheChange() {
        rig.create(CreateRequest.at("s").ttl(3_600).text("abc")).created();
        rig.clock.advance(1_000_000);

        changed("s", expiry(new Expiry.Ttl(10)));

        rig.clock.advance(9_000);
        assertThat(info("s").expiry()).isEqualTo(new Expiry.Ttl(10));
        rig.clock.advance(2_000);
        assertThat(rig.read("s")).isEqualTo("stream_not_found");
        rig.store.expire();
        rig.threads.runAll();
        assertThat(rig.store.streamCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal", "checkpoint"})
    void aStreamThatDoesNotExpireAnyMoreStays(String how) throws IOException {
        rig.create(CreateRequest.at("s").ttl(10_000).text("abc")).created();
        changed("s", expiry(Expiry.never()));
        assertThat(rig.store.expiringCount()).isZero();

        restart(how);
        rig.clock.advance(100_000_000);
        rig.store.expire();
        rig.threads.runAll();

        assertThat(rig.read("s")).isEqualTo("abc");
    }

    @Test
    void anotherExpiryTakesTheTurnOfTheFormer() {
        rig.create(CreateRequest.at("s").ttl(10).text("abc")).created();
        changed("s", expiry(new Expiry.At(rig.clock.nowMillis() + 60_000)));
        assertThat(rig.store.expiringCount()).isEqualTo(1);

        rig.clock.advance(59_000);
        rig.store.expire();
        assertThat(rig.read("s")).isEqualTo("abc");
        rig.clock.advance(1_000);
        rig.store.expire();
        rig.threads.runAll();

        assertThat(rig.store.streamCount()).isZero();
        assertThat(rig.store.expiringCount()).isZero();
    }

    @Test
    void aMomentThatHasPassedIsRefused() {
        rig.create(CreateRequest.at("s").text("abc")).created();

        Answer answer = rig.change("s", expiry(new Expiry.At(rig.clock.nowMillis())));

        assertThat(answer.code()).isEqualTo(ErrorCode.INVALID_HEADER);
        assertThat(answer.refusal().message()).contains("Stream-Expires-At").contains("DELETE");
        assertThat(info("s").expiry()).isEqualTo(Expiry.never());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json -> text/plain",
                "text/plain -> application/json",
                "text/plain -> application/octet-stream",
                "text/plain -> text/plain;charset=latin1",
                "image/png -> text/plain"
            })
    void aTypeThatIsReadInAnotherWayIsRefused(String fromTo) {
        String[] types = fromTo.split(" -> ", -1);
        rig.create(CreateRequest.at("s").type(ContentType.parse(types[0]))).created();

        assertThat(rig.change("s", type(types[1])).code()).isEqualTo(ErrorCode.CONTENT_TYPE_MISMATCH);
        assertThat(info("s").contentType().value()).isEqualTo(types[0]);
    }

    @Test
    void appendsNeedTheNewType() {
        rig.create(CreateRequest.at("s").type(ContentType.parse("image/png"))).created();

        changed("s", type("image/webp"));

        assertThat(rig.append(AppendRequest.to("s")
                                .type(ContentType.parse("image/png"))
                                .text("x"))
                        .code())
                .isEqualTo(ErrorCode.CONTENT_TYPE_MISMATCH);
        rig.append(AppendRequest.to("s").type(ContentType.parse("image/webp")).text("x"))
                .appended();
    }

    @Test
    void aTagIsThatOfTheMetadataAndOnlyThat() {
        rig.create(CreateRequest.at("s").text("abc")).created();
        String tag = info("s").metadataTag();
        rig.append("s", "def").appended();
        assertThat(info("s").metadataTag()).isEqualTo(tag);

        changed("s", maxMessages(5));
        String next = info("s").metadataTag();
        assertThat(next).isNotEqualTo(tag);

        Answer late = rig.change("s", maxMessages(6), Preconditions.metadataIs(tag));
        assertThat(late.code()).isEqualTo(ErrorCode.METADATA_MISMATCH);
        assertThat(late.refusal().metadataTag()).isEqualTo(next);
        assertThat(rig.change("s", maxMessages(6), Preconditions.metadataIs(next))
                        .word())
                .isEqualTo("changed");
    }

    @Test
    void aRepetitionIsAnsweredAlikeAndLogsNothing() {
        rig.create(CreateRequest.at("s").text("abc")).created();
        String tag = info("s").metadataTag();
        Outcome first =
                rig.change("s", maxMessages(5), Preconditions.metadataIs(tag)).outcome();
        long logged = rig.store.lastLsn();

        assertThat(rig.change("s", maxMessages(5), Preconditions.metadataIs(tag))
                        .outcome())
                .isEqualTo(first);
        assertThat(rig.store.lastLsn()).isEqualTo(logged);
    }

    @Test
    void aForkKeepsWhatItsSourceDropsByAChange() throws IOException {
        rig.create(CreateRequest.at("s").text("a")).created();
        rig.checkpoint();
        rig.append("s", "b").appended();
        rig.fork(CreateRequest.at("f").forkOf("s", null)).created();
        rig.append("s", "c").appended();

        changed("s", maxMessages(1));

        assertThat(rig.read("s")).isEqualTo("c");
        assertThat(rig.inherited("f", 0)).startsWith("a");
        rig.restart();
        assertThat(rig.read("s")).isEqualTo("c");
        assertThat(rig.inherited("f", 0)).startsWith("a");
    }

    @Test
    void aClosedStreamIsChangedAndAMissingOneIsNot() {
        rig.create(CreateRequest.at("s").text("abc").closed()).created();

        assertThat(changed("s", expiry(new Expiry.Ttl(5))).closed()).isTrue();
        assertThat(rig.change("t", maxMessages(1)).code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        rig.delete("s");
        assertThat(rig.change("s", maxMessages(1)).code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void aRepeatedCreationComparesWithTheChange() {
        rig.create(CreateRequest.at("s").ttl(60)).created();

        changed("s", expiry(new Expiry.Ttl(120)));

        assertThat(rig.create(CreateRequest.at("s").ttl(60)).code()).isEqualTo(ErrorCode.STREAM_EXISTS);
        assertThat(rig.create(CreateRequest.at("s").ttl(120)).created().existed())
                .isTrue();
    }

    @Test
    void aBoundOnTheAgeThatComesAndGoesLeavesOnePlaceInTheUpkeep() {
        rig.create(CreateRequest.at("s").text("abc")).created();
        for (int i = 0; i < 3; i++) {
            changed("s", maxAge(1_000));
            changed("s", maxAge(Retention.UNBOUNDED));
        }
        changed("s", maxAge(2_000));
        assertThat(rig.store.agedCount()).isEqualTo(1);

        changed("s", maxAge(Retention.UNBOUNDED));
        rig.store.expire();

        assertThat(rig.store.agedCount()).isZero();
        StreamState stream = rig.stream("s");
        assertThat(stream.content().runMillis(0)).isZero();
    }
}
