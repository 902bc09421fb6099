package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaBlocksTest {
    @TempDir
    Path directory;

    private static Markdown document(String... blocks) {
        StringBuilder text = new StringBuilder("# A page\n");
        for (String block : blocks) {
            text.append("\nSome words.\n```java\n").append(block).append("\n```\n");
        }
        return Markdown.parse(Path.of("page.md"), text.toString());
    }

    private void run(String... blocks) throws IOException, InterruptedException {
        JavaBlocks.run(document(blocks), directory);
    }

    private ThrowableAssert.ThrowingCallable running(String... blocks) {
        return () -> run(blocks);
    }

    @Test
    void statementsGoOnWithTheVariablesOfThoseBefore() throws Exception {
        run(
                "import java.util.List;",
                "List<Integer> numbers = List.of(1, 2);",
                "System.out.println(numbers); // prints [1, 2]\nThread.sleep(1);");
    }

    @Test
    void aBlockWithAMainIsAProgramOfItsOwn() throws Exception {
        String program = """
                import java.util.List;

                record Pair(int a, int b) {}

                public final class Program {
                    public static void main(String[] args) {
                        System.out.println(List.of(new Pair(1, 2))); // prints [Pair[a=1, b=2]]
                    }
                }""";
        run(program, "System.out.println(3); // prints 3");
        assertThat(JavaBlocks.programs(document(program, "int i = 0;")))
                .extracting(JavaBlocks.Program::name)
                .containsExactly("DocumentedStatements", "Program");
    }

    @Test
    void theClassesUnderTestAreThere() throws Exception {
        run(
                "import io.streamkeeper.protocol.Offset;",
                "System.out.println(Offset.ZERO); // prints 0000000000000000_0000000000000000");
    }

    @Test
    void anotherLineThanIsWrittenFails() {
        assertThatThrownBy(running("System.out.println(1); // prints 2"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("nothing printed is the line: 2");
    }

    @Test
    void anotherOrderThanIsWrittenFails() {
        assertThatThrownBy(running("System.out.println(1 + \"\\n\" + 2);\n// prints 2\n// prints 1"))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void aLineThatIsNotWrittenFails() {
        assertThatThrownBy(running("System.out.println(1);"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("more is printed than is written");
    }

    @Test
    void whatDoesNotCompileFailsWithItsLine() {
        assertThatThrownBy(running("int one = 1;", "int two = \"2\";"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("DocumentedStatements.java:10: error: incompatible types");
    }

    @Test
    void whatIsDeprecatedFails() {
        assertThatThrownBy(running("new java.util.Date(2020, 1, 1).getTime();"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("deprecated");
    }

    @Test
    void anExceptionFails() {
        assertThatThrownBy(running("java.util.List.of().get(0);"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ended with status 1")
                .hasMessageContaining("IndexOutOfBounds");
    }

    @Test
    void importsAloneAreNoProgram() {
        assertThat(JavaBlocks.programs(document("// What is used below:\nimport java.util.List;\n")))
                .isEmpty();
    }
}
