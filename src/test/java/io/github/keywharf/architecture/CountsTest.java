package io.github.keywharf.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** No count of rows is the difference of two others, which would close whatever happened. */
class CountsTest {

    private static final Set<String> COUNTERS = Set.of(
            "read",
            "written",
            "rejected",
            "refused",
            "inserted",
            "updated",
            "unchanged",
            "stored",
            "suppressed",
            "sent",
            "counted",
            "leftOut",
            "rows",
            "total",
            "failed",
            "unprocessed");

    /** Differences by the file they are in, each with its reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "TargetTable: read - counted", "PostgreSQL does not report rows that a trigger suppresses",
            "BulkTotals: rows - rejected",
                    "the stored note has no third count; each window is compared before it is noted");

    @Test
    void no_count_of_rows_is_computed_from_two_others() throws IOException {
        Set<String> found = new TreeSet<>();
        Sources.parse(Path.of("src/main/java"), (task, unit) -> {
            String file = Path.of(unit.getSourceFile().toUri()).getFileName().toString();
            unit.accept(new Differences(file.replace(".java", ""), found), null);
        });
        assertThat(found).isEqualTo(new TreeSet<>(EXCEPTIONS.keySet()));
    }

    private static final class Differences extends TreeScanner<Void, Void> {

        private final String file;
        private final Set<String> found;

        Differences(String file, Set<String> found) {
            this.file = file;
            this.found = found;
        }

        @Override
        public Void visitBinary(BinaryTree tree, Void nothing) {
            String left = last(tree.getLeftOperand());
            String right = last(tree.getRightOperand());
            if (tree.getKind() == Tree.Kind.MINUS && COUNTERS.contains(left) && COUNTERS.contains(right)) {
                found.add(file + ": " + left + " - " + right);
            }
            return super.visitBinary(tree, null);
        }

        /** The name of a variable, a field or a method, or of the last operand of a sum or a difference. */
        private static String last(ExpressionTree tree) {
            if (tree instanceof IdentifierTree name) {
                return name.getName().toString();
            }
            if (tree instanceof MemberSelectTree member) {
                return member.getIdentifier().toString();
            }
            if (tree instanceof MethodInvocationTree call) {
                return last(call.getMethodSelect());
            }
            if (tree instanceof ParenthesizedTree inner) {
                return last(inner.getExpression());
            }
            return tree instanceof BinaryTree binary ? last(binary.getRightOperand()) : "";
        }
    }
}
