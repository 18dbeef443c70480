"""Sentences to learn vocabularies from, in the scripts that matter first."""

ENGLISH = """
The meeting begins at nine and the budget is small this year.
Please send the minutes to everybody who was in the room.
She asked whether the train from the north would be late again.
We agreed that the new office opens in spring, not in winter.
Nobody knew the answer, so they went on with the next question.
Thank you, that was a good idea and we shall try it tomorrow.
""".splitlines()
OTHERS = """
El presupuesto es pequeño y la reunión empieza a las nueve.
La réunion commence à neuf heures et le budget est petit.
बैठक नौ बजे शुरू होती है और इस साल बजट छोटा है।
कृपया सबको कार्यवृत्त भेज दीजिए जो कमरे में थे।
সভা নয়টায় শুরু হয় এবং এই বছর বাজেট ছোট।
கூட்டம் ஒன்பது மணிக்கு தொடங்குகிறது, பட்ஜெட் சிறியது.
會議九點開始，今年的預算很少。
""".splitlines()
SENTENCES = [line for line in ENGLISH + OTHERS if line]
PLACEHOLDERS = [f"<ID{number}>" for number in range(1, 10)]
