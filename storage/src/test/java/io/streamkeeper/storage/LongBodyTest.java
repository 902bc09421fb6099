package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A long body is stored without a copy: the journal takes over the pieces of memory that it arrived in. */
class LongBodyTest {
    private static final int MIB = 1 << 20;

    private final Pieces pieces = new Pieces();

    private static String text(int bytes) {
        StringBuilder text = new StringBuilder(bytes);
        for (int i = 0; text.length() < bytes; i++) {
            text.append(i).append(' ');
        }
        return text.substring(0, bytes);
    }

    @Test
    void theMemoryOfTheBodyIsWhatReadersGet() {
        try (TestStore test = new TestStore()) {
            test.created("a");
            String text = text(4 * MIB);
            test.appended(AppendRequest.to("a").text(text).in(pieces, MIB));
            assertThat(test.text("a")).isEqualTo(text);
            assertThat(pieces.budget.usedBytes()).as("counted as bodies").isZero();
            assertThat(test.budget.usedBytes()).as("counted as streams").isEqualTo(4 * MIB);
            ByteBuf last = pieces.last.get(3);
            last.setByte(MIB - 1, '!');
            assertThat(test.text("a")).as("no copy").endsWith("!");
        }
    }

    @Test
    void onlyThePiecesThatHoldMessagesAreKept() {
        try (TestStore test = new TestStore()) {
            test.created(CreateRequest.at("a").type(ContentType.JSON));
            String messages = "1".repeat(4 * MIB) + ",2,";
            String body = "[" + messages.substring(0, messages.length() - 1) + "]" + " ".repeat(2 * MIB);
            test.appended(AppendRequest.to("a").json(body).in(pieces, MIB));
            assertThat(test.text("a")).isEqualTo(messages);
            assertThat(pieces.budget.usedBytes()).isZero();
            assertThat(test.budget.usedBytes()).isBetween(5L * MIB, 5L * MIB + 1_000);
        }
    }

    @Test
    void aBodyThatFillsLittleOfItsPiecesIsCopied() {
        try (TestStore test = new TestStore()) {
            test.created(CreateRequest.at("a").type(ContentType.JSON));
            test.appended(AppendRequest.to("a")
                    .json("[" + " ".repeat(MIB) + "1" + " ".repeat(MIB) + "]")
                    .in(pieces, MIB));
            assertThat(test.text("a")).isEqualTo("1,");
            assertThat(pieces.budget.usedBytes()).isZero();
            pieces.last.forEach(piece -> assertThat(piece.refCnt()).isZero());
        }
    }

    @Test
    void aBodyThatDoesNotFitIsRefusedAndGivenBack() {
        try (TestStore test = new TestStore(4 * MIB)) {
            test.created("a");
            Answer answer =
                    test.append(AppendRequest.to("a").text(text(5 * MIB)).in(pieces, MIB));
            assertThat(answer.code()).isEqualTo(ErrorCode.STORAGE_FULL);
            assertThat(pieces.budget.usedBytes()).isZero();
            assertThat(test.budget.usedBytes()).isZero();
            test.appended("a", "x");
            assertThat(test.text("a")).isEqualTo("x");
        }
    }

    @Test
    void aLongBodyIsInTheLogBetweenOthersAfterARestart() throws IOException {
        FileRig rig = new FileRig();
        rig.create(CreateRequest.at("a"));
        String text = text(400_005);
        rig.append("a", "before");
        rig.append(AppendRequest.to("a").text(text).in(pieces, 100_000));
        rig.append("a", "after");
        assertThat(pieces.budget.usedBytes()).isZero();
        assertThat(rig.read("a")).isEqualTo("before" + text + "after");
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("before" + text + "after");
        rig.append(AppendRequest.to("a").text(text).in(pieces, 100_000));
        rig.append("a", "next");
        rig.checkpoint();
        pieces.last.forEach(
                piece -> assertThat(piece.refCnt()).as("after a checkpoint").isZero());
        rig.restart();
        assertThat(rig.read("a").getBytes(US_ASCII)).hasSize("beforeafternext".length() + 2 * text.length());
        rig.stop();
    }
}
