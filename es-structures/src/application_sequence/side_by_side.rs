//! Several questions at a time, answered in their order.

use std::panic::resume_unwind;

use es_store::RecordError;
use tokio::task::JoinSet;

/// Asks each question, `most` at a time. The answers come in the order of the questions.
///
/// # Errors
///
/// The first that is met; questions that wait for their answers are given up.
pub(super) async fn side_by_side<Q, A, F>(
    questions: impl IntoIterator<Item = Q>,
    most: usize,
    ask: impl Fn(Q) -> F,
) -> Result<Vec<A>, RecordError>
where
    A: Send + 'static,
    F: Future<Output = Result<A, RecordError>> + Send + 'static,
{
    let mut questions = questions.into_iter().enumerate();
    let mut asked = JoinSet::new();
    let mut answers: Vec<Option<A>> = Vec::new();
    loop {
        while asked.len() < most {
            let Some((number, question)) = questions.next() else {
                break;
            };
            let answer = ask(question);
            answers.push(None);
            asked.spawn(async move { (number, answer.await) });
        }
        match asked.join_next().await {
            Some(Ok((number, answer))) => answers[number] = Some(answer?),
            Some(Err(error)) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => return Err(RecordError::Closed),
            },
            None => return Ok(answers.into_iter().flatten().collect()),
        }
    }
}
