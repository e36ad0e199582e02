"""The conversation on the picture: the agent at a terminal, asked for a change whose card has a warning."""

from __future__ import annotations

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.cli.session import Session
from langchain_ashby.cli.terminal import console, say
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines
from langchain_ashby.demo.scripted import say as line
from langchain_ashby.sandbox import AshbySandbox

QUESTION = "Ada Lovelace accepted our offer for Staff Engineer on the phone. Move her to Hired."
ANSWER = "I'll move her application. You decide."


def main() -> None:
    with AshbySandbox() as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        state = sandbox.state()
        ada = next(it for it in state["candidate"] if it["name"] == "Ada Lovelace")
        job = next(it for it in state["job"] if it["title"] == "Staff Engineer")
        application = next(
            it for it in state["application"] if it["candidateId"] == ada["id"] and it["jobId"] == job["id"]
        )
        hired = next(
            it
            for it in state["interviewStage"]
            if it["title"] == "Hired" and it["interviewPlanId"] == job["defaultInterviewPlanId"]
        )
        move = call("ashby_change_application_stage", application_id=application["id"], interview_stage_id=hired["id"])
        model = ScriptedChatModel(script=lines(line(ANSWER, move), "Done."))
        screen = console()
        say(screen, f"You: {QUESTION}")
        Session(create_recruiting_agent(model, AshbyToolkit(client)), "asking", screen).say(QUESTION)


if __name__ == "__main__":
    main()
