"""Writes the documents that travel inside the strings of ADS (ADS API specification, section 5; namespace of v7)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from caiso_desktop.simulator.ads.dispatch import Batch, Dispatch, Instruction, Reply
from caiso_desktop.simulator.market import chance

NAMESPACE = "http://ads.caiso.com"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def batch_document(batch: Batch, dispatch: Dispatch, *, instructions: bool) -> str:
    """A ``DispatchBatch``, with or without its instructions."""
    return _HEAD + _batch(batch, dispatch, instructions=instructions, root=True)


def batch_list(batches: Iterable[Batch], dispatch: Dispatch) -> str:
    """An ``APIDispatchResponse``: the heads of batches."""
    rows = "".join(_batch(batch, dispatch, instructions=False) for batch in batches)
    return (
        f'{_HEAD}<APIDispatchResponse xmlns="{NAMESPACE}">\n<dispatchBatchList>\n{rows}</dispatchBatchList>\n'
        "</APIDispatchResponse>\n"
    )


def trajectory_list(batches: Iterable[Batch]) -> str:
    """An ``APITrajectoryResponse``: for each five-minute batch the operating points on the way to its targets."""
    rows = "".join(_trajectory(batch) for batch in batches)
    return (
        f'{_HEAD}<APITrajectoryResponse xmlns="{NAMESPACE}">\n<trajectoryBatchList>\n{rows}</trajectoryBatchList>\n'
        "</APITrajectoryResponse>\n"
    )


def load_following(number: int, batch: str, instructions: Iterable[tuple[str, bool]]) -> str:
    """An ``MSSLFResponse``: which of the instructions of a metered subsystem are valid."""
    rows = "".join(
        f"<MSSLFInstructionResponse><caisoMSSBatchId>{number}</caisoMSSBatchId>"
        f"<caisoMSSLFInstructionId>{row}</caisoMSSLFInstructionId><scMSSBatchId>{batch}</scMSSBatchId>"
        f"<scMSSLFInstructionId>{name}</scMSSLFInstructionId><validated>{str(valid).lower()}</validated>"
        "</MSSLFInstructionResponse>\n"
        for row, (name, valid) in enumerate(instructions, 1)
    )
    return (
        f'{_HEAD}<MSSLFResponse xmlns="{NAMESPACE}"><caisoMSSBatchId>{number}</caisoMSSBatchId>'
        f"<scMSSBatchId>{batch}</scMSSBatchId><mssLFInstructionResponses>\n{rows}</mssLFInstructionResponses>"
        "</MSSLFResponse>\n"
    )


def trajectory_uid(batch: Batch) -> str:
    """The UID under which the trajectory of a batch is known: those count apart from the dispatches."""
    return batch.uid.replace("DISP-", "TRAJ-", 1)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _batch(batch: Batch, dispatch: Dispatch, *, instructions: bool, root: bool = False) -> str:
    now = dispatch.clock()
    space = f' xmlns="{NAMESPACE}"' if root else ""
    inner = "".join(_instruction(each, batch, dispatch) for each in batch.instructions) if instructions else ""
    held = f"<instructions>\n{inner}</instructions>\n" if instructions else ""
    return (
        f'<DispatchBatch{space} batchUID="{batch.uid}">\n'
        f"<marketID>{'HourlyPreDispatch' if batch.hourly else '5MinDOT'}</marketID>"
        f"<batchStatus>{batch.status(now).value}</batchStatus>"
        f"<batchReceived>{_time(batch.sent)}</batchReceived><batchSent>{_time(batch.sent)}</batchSent>"
        f"<batchExpires>{_time(batch.start)}</batchExpires><batchType>{int(batch.hourly)}</batchType>"
        f"<startTime>{_time(batch.start)}</startTime><dispatchMode>0</dispatchMode><bindingFlag>Y</bindingFlag>"
        f"<revisionNo>1</revisionNo>\n{held}</DispatchBatch>\n"
    )


def _instruction(instruction: Instruction, batch: Batch, dispatch: Dispatch) -> str:
    reply, validated = dispatch.reply_to(instruction), dispatch.validated(batch)
    seen = f"<apiValidated>{_time(validated[0])}</apiValidated>" if validated else ""
    return (
        f'<instruction instructionUID="{instruction.uid}"><batchUID>{batch.uid}</batchUID>'
        f"<resourceId>{instruction.resource.id}</resourceId><startTime>{_time(batch.start)}</startTime>"
        f"<endTime>{_time(batch.start + batch.length)}</endTime><dot>{instruction.target}</dot>"
        f"<instructionType>0</instructionType><minAccept>{instruction.schedule}</minAccept>"
        f"{_answered(reply)}{seen}<revisionNumber>1</revisionNumber>"
        f"<statusCode>{batch.status(dispatch.clock()).value}</statusCode>"
        f"<hourlyMw>{instruction.schedule}</hourlyMw>"
        f'<detail><instructionDetail segNo="1"><serviceType>SCHD</serviceType><mw>{instruction.schedule}</mw>'
        '</instructionDetail><instructionDetail segNo="2"><serviceType>SUPP</serviceType>'
        f"<mw>{round(instruction.target - instruction.schedule, 1)}</mw></instructionDetail></detail></instruction>\n"
    )


def _answered(reply: Reply | None) -> str:
    if reply is None:
        return ""
    reason = f"<reasonCode>{reply.reason}</reasonCode>" if reply.reason is not None else ""
    return f"<acceptDot>{reply.megawatts}</acceptDot><acceptStatus>{reply.accepted}</acceptStatus>{reason}"


def _trajectory(batch: Batch) -> str:
    points = "".join(
        f'<trajectoryDop dopUID="{trajectory_uid(batch)}-{row}-{step}"><resourceId>{each.resource.id}</resourceId>'
        f"<dop>{round(each.schedule + (each.target - each.schedule) * step / 5, 2)}</dop>"
        f"<targetTime>{_time(batch.start + timedelta(minutes=step))}</targetTime>"
        f"<sequenceNumber>{step}</sequenceNumber></trajectoryDop>\n"
        for row, each in enumerate(batch.instructions)
        for step in range(6)
    )
    met = "".join(
        f'<trajectoryCompliance complianceUID="{trajectory_uid(batch)}-C{row}"><resourceId>{each.resource.id}'
        f"</resourceId><startTime>{_time(batch.start)}</startTime><mwh>{round(each.target / 12, 3)}</mwh>"
        f"<complFlag>{'N' if chance(each.uid, batch.start) < 0.1 else 'Y'}</complFlag></trajectoryCompliance>\n"
        for row, each in enumerate(batch.instructions)
    )
    return (
        f'<trajectoryBatch batchUID="{trajectory_uid(batch)}"><batchReceived>{_time(batch.sent)}</batchReceived>'
        f"<bindingFlag>Y</bindingFlag><batchSent>{_time(batch.sent)}</batchSent>\n<dopList>\n{points}</dopList>\n"
        f"<complianceList>\n{met}</complianceList></trajectoryBatch>\n"
    )
