import io.streamkeeper.server.BlockingStreams;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.AppendResult;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.client.listen.StreamListener;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A tour of the Java API: uses streams in this process without a socket and, at the end, over HTTP. It stores the
 * streams in a new temporary directory, or in the directory of its argument.
 *
 * <p>Run it with:
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED -cp server/target/durable-streams-server.jar examples/embedded/Tour.java
 * </pre>
 */
public final class Tour {
    private final DurableStreams streams;
    private final BlockingStreams blocking;

    private Tour(DurableStreams streams) {
        this.streams = streams;
        this.blocking = streams.blocking();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("streams-");
        ServerConfig config = ServerConfig.builder()
                .data(data -> data.directory(directory))
                .listen(listen -> listen.port(0))
                .build();
        try (DurableStreams streams = DurableStreams.open(config)) {
            Tour tour = new Tour(streams);
            tour.createAppendRead();
            tour.messages();
            tour.followLive();
            tour.exactlyOnce();
            tour.appendIfUnchanged();
            tour.fork();
            tour.retention();
            tour.overHttp();
        }
        System.out.println("\nThe streams are in " + directory);
    }

    private void createAppendRead() throws InterruptedException {
        title("Create, append, read; continue from the end of the last read");
        blocking.create("notes", CreateOptions.text());
        blocking.append("notes", Content.text("hello"));
        Batch hello = blocking.read("notes", From.beginning());
        blocking.append("notes", Content.text(" world"));
        Batch rest = blocking.read("notes", From.offset(hello.nextOffset()));
        System.out.println("first \"" + hello.text() + "\", then \"" + rest.text() + "\"");
    }

    private void messages() throws InterruptedException {
        title("A JSON stream consists of messages; an array is appended completely or not at all");
        blocking.create("orders", CreateOptions.json());
        blocking.append("orders", Content.json("{\"id\":1}"));
        blocking.append("orders", Content.json("[{\"id\":2},{\"id\":3}]"));
        blocking.readMessages("orders", From.beginning()).forEach(System.out::println);
    }

    private void followLive() throws InterruptedException {
        title("Follow a stream until it is closed");
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch complete = new CountDownLatch(1);
        streams.listen("orders", From.beginning(), new StreamListener() {
            @Override
            public void onData(Batch batch) {
                System.out.println("received: " + batch.messages());
                first.countDown();
            }

            @Override
            public void onComplete(String offset) {
                complete.countDown();
            }

            @Override
            public void onError(Throwable failure) {
                System.out.println("failed: " + failure);
                first.countDown();
                complete.countDown();
            }
        });
        first.await();
        blocking.append("orders", Content.json("{\"id\":4}"));
        blocking.append("orders", Content.json("{\"id\":5}"), AppendOptions.none().closing());
        complete.await();
        try {
            blocking.append("orders", Content.json("{\"id\":6}"));
        } catch (StreamException.Closed e) {
            System.out.println(e.getMessage() + ", its end is " + e.nextOffset());
        }
    }

    private void exactlyOnce() throws InterruptedException {
        title("A producer may repeat a request any number of times");
        blocking.create("payments", CreateOptions.json());
        for (int attempt = 1; attempt <= 3; attempt++) {
            AppendResult result = blocking.append(
                    "payments", Content.json("{\"amount\":10}"), AppendOptions.none().producer("checkout", 0, 0));
            System.out.println("attempt " + attempt + (result.wrote() ? " wrote" : " was a repetition"));
        }
        System.out.println(blocking.readMessages("payments", From.beginning()));
    }

    private void appendIfUnchanged() throws InterruptedException {
        title("Append only if the stream has not changed");
        String seen = blocking.metadata("payments").nextOffset();
        blocking.append("payments", Content.json("{\"amount\":20}"));
        try {
            blocking.append("payments", Content.json("{\"amount\":30}"), AppendOptions.none().ifMatch(seen));
        } catch (StreamException.OffsetMismatch e) {
            System.out.println(e.getMessage());
        }
    }

    private void fork() throws InterruptedException {
        title("Fork a stream without copying it");
        blocking.create("what-if", CreateOptions.forkOf("payments"));
        blocking.append("what-if", Content.json("{\"amount\":1000}"));
        System.out.println("payments " + blocking.readMessages("payments", From.beginning()));
        System.out.println("what-if  " + blocking.readMessages("what-if", From.beginning()));
    }

    private void retention() throws InterruptedException {
        title("Keep only the last messages; the error of a late reader contains the earliest offset");
        String first = blocking.create("log", CreateOptions.json().maxMessages(3).ttl(Duration.ofHours(1)))
                .stream()
                .nextOffset();
        for (int i = 1; i <= 10; i++) {
            blocking.append("log", Content.json("" + i));
        }
        try {
            blocking.read("log", From.offset(first));
        } catch (StreamException.OffsetGone e) {
            System.out.println("remaining: " + blocking.readMessages("log", From.offset(e.earliestOffset())));
        }
    }

    private void overHttp() throws IOException {
        title("The same streams over HTTP");
        try (DurableStreamsServer server = DurableStreamsServer.start(streams)) {
            System.out.println("curl " + server.url() + "orders");
            try (InputStream answer = URI.create(server.url() + "orders").toURL().openStream()) {
                System.out.println(new String(answer.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    private static void title(String text) {
        System.out.println("\n" + text + "\n" + "-".repeat(text.length()));
    }
}
