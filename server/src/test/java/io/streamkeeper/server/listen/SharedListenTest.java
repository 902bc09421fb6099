package io.streamkeeper.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.listen.StreamSource;
import io.streamkeeper.client.recording.Demanding;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Listeners on a server that share a connection. */
class SharedListenTest extends ListenContract {
    @Override
    StreamSource source() {
        return RemoteStreams.at(SERVER.url()).executor(SERVER.executor()).shared();
    }

    /** The end of the stream is an event of its own, which has to be requested. */
    @Test
    @Override
    void eachSubscriberBeginsWhereThePublisherSays() throws InterruptedException {
        create(CreateOptions.of(Content.json("[1]")).closed());
        for (int i = 0; i < 2; i++) {
            Demanding subscriber = new Demanding();
            source().publisher(path, From.beginning()).subscribe(subscriber);
            subscriber.request(2);
            subscriber.awaitComplete();
            assertThat(subscriber.batches()).hasSize(1);
        }
    }

    /** The end of a character, or a line feed, may follow what waits. */
    @Test
    @Override
    void textComesAsTheBytesThatWereAppended() {
        create(CreateOptions.of(Content.text("one\rtwo\r\nthree\n\n: four\r")));
        listen(From.beginning());
        recorder.awaitText("one\rtwo\r\nthree\n\n: four");
        byte[] character = "ü".getBytes(StandardCharsets.UTF_8);
        appendText(new byte[] {'a', character[0]});
        recorder.awaitText("one\rtwo\r\nthree\n\n: four\ra");
        appendText(new byte[] {character[1]});
        recorder.awaitText("one\rtwo\r\nthree\n\n: four\raü");
        streams()
                .append(path, Content.text("\r"), AppendOptions.none().closing())
                .join();
        recorder.awaitText("one\rtwo\r\nthree\n\n: four\raü\r");
        recorder.awaitComplete();
    }
}
