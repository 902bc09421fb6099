import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.subscription.PullWakeWorker;
import io.streamkeeper.client.subscription.SubscriptionOptions;
import io.streamkeeper.client.subscription.Work;
import io.streamkeeper.client.subscription.WorkHandler;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Two kinds of agents, which are woken by streams. An answerer reads prompts of {@code talks/NAME/prompts}, and writes an
 * answer token by token to {@code talks/NAME/answers}. That wakes a reviewer, which writes to {@code talks/NAME/reviews}.
 * Start any number of both; kill any of them at any time: another one continues after the last token that was written, and
 * no token is lost or written twice.
 *
 * <pre>
 * java -cp … examples/agents/Agents.java http://localhost:4437/v1/stream/ setup
 * java -cp … examples/agents/Agents.java http://localhost:4437/v1/stream/ answerer answerer-1
 * java -cp … examples/agents/Agents.java http://localhost:4437/v1/stream/ reviewer reviewer-1
 * </pre>
 */
public final class Agents {
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final long TOKEN_MILLIS = 100;

    private final RemoteStreams remote;
    private final BlockingRemoteStreams streams;
    private final String name;

    /** Of the stream that is written now; used by the thread of the worker. */
    private Output output;

    private Agents(URI root, String name) {
        this.remote = RemoteStreams.at(root);
        this.streams = remote.blocking();
        this.name = name;
    }

    public static void main(String[] args) throws InterruptedException {
        if (args.length == 2 && args[1].equals("setup")) {
            new Agents(URI.create(args[0]), "setup").setUp();
            return;
        }
        if (args.length != 3 || !(args[1].equals("answerer") || args[1].equals("reviewer"))) {
            System.err.println("usage: Agents URL setup|answerer NAME|reviewer NAME");
            System.exit(2);
        }
        Agents agents = new Agents(URI.create(args[0]), args[2]);
        WorkHandler handler = args[1].equals("answerer") ? agents::answer : agents::review;
        PullWakeWorker.start(agents.remote.forWorkers(), args[1] + "s", agents.name, handler);
        System.out.println(agents.name + " works");
        Thread.currentThread().join();
    }

    private void setUp() throws InterruptedException {
        streams.create("wakes/answerers", CreateOptions.json().maxMessages(1_000));
        streams.create("wakes/reviewers", CreateOptions.json().maxMessages(1_000));
        remote.subscriptions()
                .create(
                        "answerers",
                        SubscriptionOptions.pullWake("wakes/answerers")
                                .pattern("talks/*/prompts")
                                .lease(LEASE));
        remote.subscriptions()
                .create(
                        "reviewers",
                        SubscriptionOptions.pullWake("wakes/reviewers")
                                .pattern("talks/*/answers")
                                .lease(LEASE));
        System.out.println("agents are set up");
    }

    // ---- what agents do ----

    private void answer(Work work, Batch prompts) throws InterruptedException {
        Output answers = output(work, "answers");
        for (String prompt : prompts.messages()) {
            String id = field(prompt, "id");
            if (answers.has(id, "end")) {
                continue;
            }
            List<String> tokens = generate(field(prompt, "prompt"));
            for (int i = answers.count(id, "token"); i < tokens.size(); i++) {
                Thread.sleep(TOKEN_MILLIS);
                answers.append("{\"id\":\"" + id + "\",\"token\":\"" + tokens.get(i) + "\"}");
            }
            answers.append("{\"id\":\"" + id + "\",\"end\":\"" + tokens.size() + " tokens\"}");
            System.out.println(name + " answered " + id);
        }
    }

    private void review(Work work, Batch answers) throws InterruptedException {
        if (answers.messages().stream().allMatch(message -> field(message, "end").isEmpty())) {
            return;
        }
        Output reviews = output(work, "reviews");
        for (String message : answers.messages()) {
            String id = field(message, "id");
            if (!field(message, "end").isEmpty() && !reviews.has(id, "review")) {
                reviews.append("{\"id\":\"" + id + "\",\"review\":\"complete, " + field(message, "end") + "\"}");
                System.out.println(name + " reviewed " + id);
            }
        }
    }

    /** A worker that has more than one batch of a stream goes on with the same output. */
    private Output output(Work work, String last) throws InterruptedException {
        String path = work.stream().path().replaceFirst("[^/]*$", last);
        if (output == null || !output.path.equals(path) || output.epoch != work.generation()) {
            output = new Output(path, work.generation());
        }
        return output;
    }

    /** Stands for a language model that is asked with the same seed again: the same tokens for the same prompt. */
    private static List<String> generate(String prompt) {
        List<String> tokens = new ArrayList<>(List.of("You", "asked:"));
        for (int round = 0; round < 3; round++) {
            tokens.addAll(List.of(prompt.split(" ")));
        }
        return tokens;
    }

    /** The value of a member of one of the messages above, whose values are texts; empty if there is none. */
    private static String field(String json, String member) {
        Matcher matcher = Pattern.compile("\"" + member + "\":\"([^\"]*)\"").matcher(json);
        return matcher.find() ? matcher.group(1) : "";
    }

    /**
     * The stream that an agent writes. Its first append has the generation of the wake as the epoch of a producer: from then
     * on an agent that had the work before, and does not know that it has lost it, cannot append. So what is read after that
     * is all that others have written.
     */
    private final class Output {
        private final String path;
        private final long epoch;
        private final List<String> written = new ArrayList<>();
        private long seq;

        Output(String path, long epoch) throws InterruptedException {
            this.path = path;
            this.epoch = epoch;
            streams.create(path, CreateOptions.json());
            send("{\"agent\":\"" + name + "\"}");
            String offset = From.beginning().offset();
            Batch batch;
            do {
                batch = streams.read(path, From.offset(offset));
                written.addAll(batch.messages());
                offset = batch.nextOffset();
            } while (!batch.upToDate());
        }

        void append(String message) throws InterruptedException {
            send(message);
            written.add(message);
        }

        private void send(String message) throws InterruptedException {
            AppendOptions options = AppendOptions.none().producer("agent", epoch, seq);
            streams.append(path, Content.json(message), options);
            seq++;
        }

        int count(String id, String member) {
            return (int) written.stream()
                    .filter(message -> field(message, "id").equals(id) && !field(message, member).isEmpty())
                    .count();
        }

        boolean has(String id, String member) {
            return count(id, member) > 0;
        }
    }
}
