package io.streamkeeper.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

final class Base64EventsTest {
    private static final long FIRST = 1_234_567_890_123L;
    private static final long SECOND = 9_876_543_210L;

    @Test
    void stampsAreFoundInTheDataOfEventsInPiecesOfAnySize() {
        String one = Base64.getEncoder().encodeToString(message(FIRST, 40));
        String two = Base64.getEncoder().encodeToString(join(message(FIRST, 41), message(SECOND, 22)));
        String text = "event: data\ndata:" + one + "\n\nevent: control\ndata:{\"streamNextOffset\":\"7\"}\n\n: t\n"
                + "event: data\ndata: " + two + "\n\ndatx:" + one + "\n";
        for (int pieceBytes = 1; pieceBytes <= text.length(); pieceBytes++) {
            List<Long> found = new ArrayList<>();
            Base64Events events = new Base64Events(new Stamp(found::add));
            for (int at = 0; at < text.length(); at += pieceBytes) {
                String piece = text.substring(at, Math.min(text.length(), at + pieceBytes));
                ByteBuf in = Unpooled.copiedBuffer(piece, StandardCharsets.US_ASCII);
                events.accept(in, piece.length());
                assertThat(in.isReadable()).isFalse();
            }
            assertThat(found).as("in pieces of %d", pieceBytes).containsExactly(FIRST, FIRST, SECOND);
        }
    }

    private static byte[] message(long nanos, int bytes) {
        ByteBuf message = Unpooled.wrappedBuffer(Stamp.message(bytes));
        Stamp.write(message, 0, nanos);
        return message.array();
    }

    private static byte[] join(byte[] one, byte[] other) {
        return Unpooled.copiedBuffer(one, other).array();
    }
}
