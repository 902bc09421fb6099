package io.streamkeeper.client.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventParser.Event;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class StreamEventTest {
    private static Event parsed(String text) {
        Event event = new EventParser(1 << 10).parse(ByteBuffer.wrap(text.getBytes(UTF_8)));
        assertThat(event).isNotNull();
        return event;
    }

    private static StreamEvent event(String text) {
        return StreamEvent.of(parsed(text));
    }

    @Test
    void theIdOfDataIsTheStreamAndTheOffset() {
        StreamEvent event = event("event: data\ndata:[1]\nid: a@b/ü@0001_0002\n\n");
        assertThat(event.stream()).isEqualTo("a@b/ü");
        assertThat(event.nextOffset()).isEqualTo("0001_0002");
        assertThat(event.data().data()).isEqualTo("[1]".getBytes(UTF_8));
        assertThat(event.isLast()).isFalse();
    }

    @Test
    void anEventHasOnlyItsOwnId() {
        EventParser parser = new EventParser(1 << 10);
        ByteBuffer bytes = ByteBuffer.wrap("data:1\nid: a\n\ndata:2\n\n".getBytes(UTF_8));
        assertThat(parser.parse(bytes).id()).isEqualTo("a");
        assertThat(parser.parse(bytes).id()).isNull();
    }

    @Test
    void aStreamEndsOnce() {
        assertThat(event("event: control\ndata:{\"stream\":\"a\",\"removed\":true}\n\n")
                        .isLast())
                .isTrue();
        StreamEvent closed =
                event("event: control\ndata:{\"stream\":\"a\",\"streamNextOffset\":\"7\",\"streamClosed\":true}\n\n");
        assertThat(closed.isLast()).isTrue();
        assertThat(closed.isClosed()).isTrue();
        assertThat(closed.nextOffset()).isEqualTo("7");
        assertThat(event("event: control\ndata:{\"stream\":\"a\",\"upToDate\":true}\n\n")
                        .isLast())
                .isFalse();
    }

    @Test
    void anErrorIsTheExceptionOfTheSameRefusal() {
        StreamEvent absent = event("event: control\ndata:{\"stream\":\"a\",\"error\":\"stream_not_found\"}\n\n");
        assertThat(absent.failure()).isInstanceOf(StreamException.NotFound.class);
        StreamEvent gone = event(
                "event: control\ndata:{\"stream\":\"a\",\"error\":\"offset_gone\",\"earliestOffset\":\"0001_0009\"}\n\n");
        assertThat(gone.failure())
                .isInstanceOfSatisfying(
                        StreamException.OffsetGone.class,
                        e -> assertThat(e.earliestOffset()).isEqualTo("0001_0009"));
        StreamEvent unknown = event("event: control\ndata:{\"stream\":\"a\",\"error\":\"of_a_later_version\"}\n\n");
        assertThat(unknown.failure()).isInstanceOf(StreamException.Unavailable.class);
    }

    @Test
    void anEventThatNamesNoStreamIsRefused() {
        for (String text : new String[] {
            "event: data\ndata:1\n\n",
            "event: data\ndata:1\nid: x\n\n",
            "event: control\ndata:{}\n\n",
            "event: control\ndata:no JSON\n\n",
            "event: session\ndata:{}\n\n"
        }) {
            assertThatThrownBy(() -> event(text)).isInstanceOf(StreamException.Invalid.class);
        }
        assertThat(event("event: other\ndata:1\n\n")).isNull();
    }
}
