package io.streamkeeper.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StampTest {
    @Test
    void stampsAreFoundAmongOtherBytesInPiecesOfAnySize() {
        ByteBuf message = Unpooled.copiedBuffer(Stamp.message(40));
        Stamp.write(message, 0, 1_234_567_890_123L);
        String text = "event: data\ndata:" + message.toString(StandardCharsets.US_ASCII) + "t=12;tt="
                + message.toString(StandardCharsets.US_ASCII).substring(2) + "t=x";
        for (int pieceBytes = 1; pieceBytes <= text.length(); pieceBytes++) {
            List<Long> found = new ArrayList<>();
            Stamp stamp = new Stamp(found::add);
            for (int at = 0; at < text.length(); at += pieceBytes) {
                String piece = text.substring(at, Math.min(text.length(), at + pieceBytes));
                stamp.accept(Unpooled.copiedBuffer(piece, StandardCharsets.US_ASCII), piece.length());
            }
            assertThat(found).as("in pieces of %d", pieceBytes).containsExactly(1_234_567_890_123L, 1_234_567_890_123L);
        }
    }

    @Test
    void messageHasTheRequestedLength() {
        assertThat(Stamp.message(256)).hasSize(256);
    }
}
